"""The command line. The only module that knows click.

Nothing heavy is imported here: each command imports what it needs, so that `--help` costs little more than click.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, Unpack

import click

from authscribe.runtime import process

if TYPE_CHECKING:
    from authscribe.commands.output import Output
    from authscribe.workspace.options import Options


CommandT = TypeVar("CommandT", bound=Callable[..., int])

_FORMATS: Final = ("text", "concise", "json", "github", "gitlab", "sarif", "junit")
_TARGETS: Final = ("python", "docs", "sesam", "catalogue")
_SOURCE_FORMATS: Final = (
    "rst", "markdown", "nango", "airbyte", "meltano", "power-platform", "openapi", "definitions",
)  # fmt: skip
_CONVERSIONS: Final = ("yaml", "json", "rst", "markdown")
_SCHEMAS: Final = ("scheme", "connector", "platform", "definitions", "config", "lock", "report", "catalogue")
_LISTS: Final = ("connectors", "schemes", "targets", "rules", "inputs", "outputs", "config")
_ENVIRONMENT: Final = {"auto_envvar_prefix": "AUTHSCRIBE"}
"""Every option can be set by `AUTHSCRIBE_<NAME>`, the same for every verb."""
_USAGE: Final = 2
INTERRUPTED: Final = 130
"""The exit code of a run that Ctrl-C has ended."""


class Shared(TypedDict):
    """The options that every verb on definitions has."""

    config: Path | None
    source: tuple[str, ...]
    source_format: str | None
    keep_going: bool
    out_dir: str | None
    platform: str | None
    output_format: str
    output_file: Path | None
    fail_on: str
    exit_zero: bool


class Shareable(Shared):
    """The options of verbs whose work several processes can share."""

    jobs: int


class Repeatable(Shareable):
    """The options of verbs that keep what they made for later runs."""

    cache_dir: Path | None
    no_cache: bool


class _Option(click.Option):
    """An option whose help names its environment variable."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The names of the option, and its help."""
        self.show_envvar = True
        return super().get_help_record(ctx)


class _Extensible(click.Choice[str]):
    """A choice of what is built in; what installed packages add is looked up only for another word."""

    def __init__(self, group: str, built_in: Sequence[str]) -> None:
        super().__init__(built_in)
        self.group = group

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word; fails for one that is neither built in nor added."""
        if value not in self.choices:
            from authscribe.runtime import plugins

            if value in plugins.list_plugins(plugins.Group(self.group)):
                return value
        return super().convert(value, param, ctx)


def main() -> None:
    """The console script."""
    process.prepare_process()
    code = run(sys.argv[1:])
    process.leave_process()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Runs one command; gives 0 when all is fine, 1 for drift or findings, 2 for wrong input, 130 on Ctrl-C."""
    try:
        code = authscribe.main(list(arguments), prog_name="authscribe", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return _USAGE
    except OSError as error:
        from authscribe.encoders.text import to_printable

        _silence_stdout()
        problem = (error.strerror or "unknown").lower()
        where = f" to {to_printable(str(error.filename))}" if error.filename is not None else ""
        click.echo(f"error: the output cannot be written{where}: {problem}", err=True)
        return _USAGE
    except Exception:  # noqa: BLE001 - a mistake of ours is shown as it is, with the exit code of the contract
        import traceback

        traceback.print_exc()
        return _USAGE
    return code if isinstance(code, int) else 0


def _silence_stdout() -> None:
    """Nobody reads any more; the interpreter must not fail once again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _together(*options: Callable[[CommandT], CommandT]) -> Callable[[CommandT], CommandT]:
    """Options that several verbs have, in the order in which their help lists them."""

    def decorated(command: CommandT) -> CommandT:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


_option: Final = partial(click.option, cls=_Option)

_definition_options: Final = _together(
    _option(
        "--config", type=click.Path(path_type=Path),
        help="Configuration file; otherwise the nearest authscribe.toml or pyproject.toml.",
    ),
    _option(
        "--source", multiple=True, type=click.Path(), metavar="PATH",
        help="File, folder or glob pattern with definitions; can be repeated.",
    ),
    _option(
        "--source-format", type=_Extensible("authscribe.readers", _SOURCE_FORMATS),
        help="Format of the sources; otherwise known by suffix and content.",
    ),
    _option("--keep-going", is_flag=True, help="Leave out definitions that have mistakes, and use the others."),
    _option("--out-dir", metavar="DIR", help="Folder that the tool writes to, and owns."),
    _option("--platform", metavar="ID", help="Platform profile to generate for."),
    _option(
        "--output-format", type=click.Choice(_FORMATS), default="text", show_default=True,
        help="Format of the report.",
    ),
    _option("--output-file", type=click.Path(path_type=Path), help="Write the report to this file."),
    _option(
        "--fail-on", type=click.Choice(("error", "warning", "info")), default="warning", show_default=True,
        help="Least severity of a finding that sets exit code 1.",
    ),
    _option("--exit-zero", is_flag=True, help="Exit 0 in spite of drift or findings."),
)  # fmt: skip
"""The options of `Shared`; each can be set by its environment variable as well."""

_jobs_option: Final = _option(
    "--jobs", type=click.IntRange(min=0), metavar="N", default=0,
    help="Processes that share the work; 0, the default, stands for as many as pay.",
)  # fmt: skip

_cache_options: Final = _together(
    _option(
        "--cache-dir", type=click.Path(path_type=Path), metavar="DIR",
        help="Folder for what later runs need not do again; otherwise the user's folder for caches.",
    ),
    _option("--no-cache", is_flag=True, help="Do everything again, and keep nothing."),
)  # fmt: skip

_selection_options: Final = _together(
    click.argument("names", nargs=-1, metavar="[NAME]..."),
    _option(
        "--target", multiple=True, type=_Extensible("authscribe.targets", _TARGETS),
        help="Only this target; can be repeated.",
    ),
    _option(
        "--connectors", multiple=True, metavar="DIR",
        help="Connectors to generate for as they lie on the disk: a folder, one with many, an archive or REPO@REV.",
    ),
)  # fmt: skip


def _options(shared: Shared) -> Options:
    from authscribe.workspace.options import Options

    return Options(
        config=shared["config"],
        sources=shared["source"],
        out_dir=shared["out_dir"],
        platform=shared["platform"],
        source_format=shared["source_format"],
        keep_going=shared["keep_going"],
    )


def _shareable(shared: Shareable) -> Options:
    return _options(shared)._replace(jobs=shared["jobs"])


def _repeatable(shared: Repeatable) -> Options:
    from authscribe.runtime import cache

    folder = None if shared["no_cache"] else shared["cache_dir"] or cache.find_default_folder()
    return _shareable(shared)._replace(cache=folder.absolute() if folder is not None else None)


def _output(shared: Shared, *, err: bool = False) -> Output:
    from authscribe.commands.output import Output
    from authscribe.findings.finding import Severity

    return Output(
        format=shared["output_format"],
        file=shared["output_file"],
        # The report has colour or not, as the environment asks; click would take it away again from a pipe.
        write=partial(click.echo, err=err, color=True),
        is_terminal=(sys.stderr if err else sys.stdout).isatty(),
        fail_on=Severity(shared["fail_on"]),
        exit_zero=shared["exit_zero"],
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="authscribe")
def authscribe() -> None:
    """Keep everything that repeats how connectors authenticate true to one set of definitions."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character must not end the run.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")


@authscribe.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
def init(directory: Path) -> int:
    """Write a starter configuration.

    And first definitions, to DIRECTORY; overwrites nothing.
    """
    from authscribe.commands.init import write_starter

    for line in write_starter(directory):
        click.echo(line, err=True)
    return 0


@authscribe.command(context_settings=_ENVIRONMENT)
@_selection_options
@_option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@_option("--diff", is_flag=True, help="Show what changes in each file.")
@_option("--force", is_flag=True, help="Overwrite files that were edited by hand.")
@_option("--prune", is_flag=True, help="Delete files that are no longer produced.")
@_definition_options
@_jobs_option
@_cache_options
def generate(
    *,
    names: tuple[str, ...],
    target: tuple[str, ...],
    connectors: tuple[str, ...],
    dry_run: bool,
    diff: bool,
    force: bool,
    prune: bool,
    **shared: Unpack[Repeatable],
) -> int:
    """Turn definitions into outputs.

    All of them, or those about the schemes and connectors NAME.
    """
    from authscribe.commands.generate import run_generate
    from authscribe.workspace.options import GenerateRequest

    request = GenerateRequest(
        names,
        target,
        dry_run=dry_run,
        show_diff=diff,
        force=force,
        prune=prune,
        connectors=connectors,
        arguments=_repair(shared),
    )
    return run_generate(_repeatable(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@_selection_options
@_definition_options
@_jobs_option
@_cache_options
def check(
    *, names: tuple[str, ...], target: tuple[str, ...], connectors: tuple[str, ...], **shared: Unpack[Repeatable]
) -> int:
    """Compare the outputs with the definitions.

    Says what is changed, missing, orphaned or edited; writes nothing.
    """
    from authscribe.commands.check import run_check
    from authscribe.workspace.options import GenerateRequest

    request = GenerateRequest(
        names, target, dry_run=True, show_diff=True, connectors=connectors, arguments=_repair(shared)
    )
    return run_check(_repeatable(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("connectors", nargs=-1, metavar="[CONNECTOR]...")
@_option("--baseline", metavar="FILE", help="Report only what this file does not know.")
@_option("--update-baseline", is_flag=True, help="Make everything known that is found now.")
@_definition_options
@_jobs_option
def lint(
    *, connectors: tuple[str, ...], baseline: str | None, update_baseline: bool, **shared: Unpack[Shareable]
) -> int:
    """Check connectors and definitions against the schemes.

    CONNECTOR is a folder, an archive, REPO@REV, or the name of a configured connector; a folder may hold many.
    """
    from authscribe.commands.lint import LintRequest, run_lint

    request = LintRequest(connectors, baseline, update_baseline)
    return run_lint(_shareable(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("name")
@_option("--scheme", required=True, metavar="ID", help="Scheme that the connector uses.")
@_option(
    "--style",
    type=click.Choice(("platform", "custom_auth")),
    default="platform",
    show_default=True,
    help="Let the platform authenticate where it can, or put the credentials into headers by hand.",
)
@_option("--header", metavar="NAME", help="Header that carries the secret as it is.")
@_option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@_definition_options
def scaffold(*, name: str, scheme: str, style: str, header: str | None, dry_run: bool, **shared: Unpack[Shared]) -> int:
    """Begin a new connector.

    Manifest, templates, config class, stubs and docs page of NAME; overwrites nothing.
    """
    from authscribe.commands.scaffold import run_scaffold
    from authscribe.scaffold import ScaffoldRequest

    request = ScaffoldRequest(name, scheme, style, header, dry_run)
    return run_scaffold(_options(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@_option("--check", is_flag=True, help="Say which pages are not up to date; write nothing.")
@_option("--diff", is_flag=True, help="Show what changes in each page.")
@_definition_options
def docs(*, pages: tuple[str, ...], check: bool, diff: bool, **shared: Unpack[Shared]) -> int:
    """Rewrite the scheme tables inside pages.

    Only rows that are not true change, and what stands between markers.
    """
    from authscribe.commands.docs import DocsRequest, run_docs

    request = DocsRequest(pages, check=check, show_diff=diff, arguments=_repair(shared))
    return run_docs(_options(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("old")
@click.argument("new", required=False)
@_definition_options
def diff(*, old: str, new: str | None, **shared: Unpack[Shared]) -> int:
    """Compare two sets of definitions.

    OLD and NEW are paths or revisions of the repository; without NEW, the definitions as they are. What breaks
    something is a warning.
    """
    from authscribe.commands.diff import DiffRequest, run_diff

    return run_diff(_options(shared), DiffRequest(old, new), _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("source_in", metavar="IN")
@_option("--to", "to", required=True, type=click.Choice(_CONVERSIONS), help="What to make of it.")
@_definition_options
def convert(*, source_in: str, to: str, **shared: Unpack[Shared]) -> int:
    """Turn definitions into another format.

    Any input, to standard output; what became of each of its keys is reported on standard error.
    """
    from authscribe.commands.convert import ConvertRequest, run_convert

    request = ConvertRequest(source_in, to)
    return run_convert(_options(shared), request, partial(click.echo, nl=False), _output(shared, err=True))


def _repair(shared: Shared) -> tuple[str, ...]:
    """The options that the repair command must repeat to reach the same definitions and outputs."""
    single: Mapping[str, str | Path | None] = {
        "--config": shared["config"],
        "--source-format": shared["source_format"],
        "--out-dir": shared["out_dir"],
        "--platform": shared["platform"],
    }
    sources = (part for path in shared["source"] for part in ("--source", path))
    flags = ("--keep-going",) if shared["keep_going"] else ()
    return (
        *sources,
        *flags,
        *(part for name, value in single.items() if value is not None for part in (name, str(value))),
    )


@authscribe.command(name="list", context_settings=_ENVIRONMENT)
@click.argument("what", type=click.Choice(_LISTS))
@_definition_options
def list_(*, what: str, **shared: Unpack[Shared]) -> int:
    """List connectors, schemes, rules and more.

    Also targets, inputs, outputs, and the configuration in effect.
    """
    from authscribe.commands.list import run_list

    return run_list(what, _options(shared), _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("name")
@_definition_options
def show(*, name: str, **shared: Unpack[Shared]) -> int:
    """Show one scheme or connector.

    Resolved, with where each fact came from; NAME may be the folder of a connector as well.
    """
    from authscribe.commands.show import run_show

    return run_show(name, _options(shared), _output(shared))


@authscribe.command()
@click.argument("which", type=click.Choice(_SCHEMAS))
def schema(which: str) -> int:
    """Print the JSON Schema of a document.

    In the dialect 2020-12.
    """
    from authscribe.commands.schema import render_schema

    click.echo(render_schema(which), nl=False)
    return 0


@authscribe.command()
@click.argument("code")
def explain(code: str) -> int:
    """Explain a rule, with an example of wrong and right."""
    from authscribe.commands.explain import run_explain

    try:
        click.echo(run_explain(code), nl=False)
    except LookupError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="CODE") from None
    return 0


@authscribe.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> int:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    shell_class = get_completion_class(shell)
    if shell_class is None:
        raise click.BadParameter(f"click cannot complete for {shell}", param_hint="SHELL")
    click.echo(shell_class(authscribe, {}, "authscribe", "_AUTHSCRIBE_COMPLETE").source())
    return 0
