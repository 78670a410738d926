"""Shape the help and the errors of the command line: options, commands and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from click.core import ParameterSource
from click.types import OptionHelpExtra

_OPTIONS: Final = "Options"
"""Section of the help for the options that only one command has."""


class Option(click.Option):
    """Option in a section of the help, which lists the choices after its text if the option has a metavar."""

    def __init__(self, declarations: Sequence[str], section: str = _OPTIONS, **attributes: Any) -> None:
        super().__init__(declarations, **attributes)
        self.section = section

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the names of the option, and its help."""
        record = super().get_help_record(ctx)
        if record is None or self.metavar is None or not isinstance(self.type, click.Choice):
            return record
        return record[0], f"{record[1]} Choices: {', '.join(self.type.choices)}."

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Return what the help adds: not the range of a number, which an error tells."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return the value and its source, which an error tells; click 8.4 remembers the source only afterwards."""
        value, source = super().consume_value(ctx, opts)
        ctx.set_parameter_source(str(self.name), source)
        return value, source

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return the name of the option in an error, and the variable that its value comes from, if any."""
        hint = super().get_error_hint(ctx)
        if ctx is None or ctx.get_parameter_source(str(self.name)) is not ParameterSource.ENVIRONMENT:
            return hint
        return f"{hint} (set by {ctx.auto_envvar_prefix}_{str(self.name).upper()})"


class Command(click.Command):
    """Command whose help has the options in sections, the choices of arguments, and the rule for the environment."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, and a paragraph for each argument with choices."""
        super().format_help_text(ctx, formatter)
        for argument in self.get_params(ctx):
            if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(f"{argument.make_metavar(ctx)} is one of: {', '.join(argument.type.choices)}.")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section of the options, in the order of their first options."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if record is not None:
                sections.setdefault(getattr(option, "section", _OPTIONS), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the environment sets options, if it does."""
        if ctx.auto_envvar_prefix is not None:
            example = f"{ctx.auto_envvar_prefix}_OUT_DIR for --out-dir"
            formatter.write_paragraph()
            formatter.write_text(f"Each option can be set by an environment variable, such as {example}.")


class Group(click.Group):
    """Group of such commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the arguments of the command; an option of a command in front of it is an error that tells so."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            if any(name in option.opts for command in self.commands.values() for option in command.params):
                raise click.UsageError(f"{name} is an option of commands: give it after the command.", ctx) from None
            raise


class Choice(click.Choice[str]):
    """Choice that suggests the nearest name for another one."""

    def get_invalid_choice_message(self, value: str, ctx: click.Context | None) -> str:
        """Return the choices and the nearest one, or else other advice."""
        from authscribe.findings.suggestions import suggest_nearest

        advice = suggest_nearest(value, self.choices, self.advise(value))
        return "; ".join(filter(None, (super().get_invalid_choice_message(value, ctx).rstrip("."), advice)))

    def advise(self, value: str) -> str:
        """Return advice about a name that resembles no choice."""
        del value
        return ""


class ExtensibleChoice(Choice):
    """Choice of built-in names; others, and names added by installed packages, are not in the help."""

    def __init__(self, group: str, built_in: Sequence[str], others: Sequence[str] = ()) -> None:
        super().__init__(built_in)
        self.group = group
        self.others = others

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for one that is neither known nor added."""
        if value not in self.choices:
            from authscribe.runtime import plugins

            if value in self.others or value in plugins.list_plugins(plugins.Group(self.group)):
                return value
        return super().convert(value, param, ctx)

    def advise(self, value: str) -> str:
        """Return how a package would add the name."""
        from authscribe.runtime import plugins

        return f"or {plugins.suggest_package(plugins.Group(self.group), value)}"


class OpenChoice(click.Choice[str]):
    """Choice of built-in targets, and of others that only a run can judge: that of the platform, those of plugins."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name as it is."""
        del param, ctx
        return value
