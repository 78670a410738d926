"""Declare the command line. Only this module and `click_types` import click.

Each command imports what it needs when it runs, so that `--help` costs little more than click itself.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, Unpack

import click

from authscribe.click_types import Choice, ExtensibleChoice, Group, OpenChoice, Option
from authscribe.runtime import package_files

if TYPE_CHECKING:
    from authscribe.commands.output import Output
    from authscribe.workspace.command_options import Options


CommandT = TypeVar("CommandT", bound=Callable[..., int])

_FORMATS: Final = ("text", "concise", "json", "github", "gitlab", "sarif", "junit")
_TARGETS: Final = (
    "python", "python-standalone", "docs", "dotenv", "kubernetes", "external-secrets", "compose",
    "json-schema", "openapi", "mcp", "nango", "airbyte", "github-actions", "terraform", "catalogue",
)  # fmt: skip
_PLATFORMS: Final = package_files.list_platforms()
_SOURCE_FORMATS: Final = (
    "rst", "markdown", "nango", "airbyte", "meltano", "power-platform", "openapi", "mcp", "n8n", "postman",
    "definitions",
)  # fmt: skip
_CONVERSIONS: Final = ("yaml", "json", "rst", "markdown")
_EXTRAS: Final = ("none", "connectors", "all")
_SCHEMAS: Final = ("scheme", "connector", "platform", "definitions", "config", "lock", "report", "catalogue")
_LISTS: Final = ("connectors", "schemes", "targets", "rules", "inputs", "outputs", "config")
_ENVIRONMENT: Final = {"auto_envvar_prefix": "AUTHSCRIBE"}
"""Every option can be set by `AUTHSCRIBE_<NAME>`, the same for every command."""
_USAGE: Final = 2
INTERRUPTED: Final = 130
"""Exit code of a run that Ctrl-C ended."""


class Shared(TypedDict):
    """Options of every command that reads definitions."""

    config: Path | None
    source: tuple[str, ...]
    source_format: str | None
    keep_going: bool
    out_dir: str | None
    platform: str | None
    output_format: str
    output_file: Path | None
    fail_on: str | None
    exit_zero: bool


class Cached(Shared):
    """Options of commands that keep results for later runs."""

    cache_dir: Path | None
    no_cache: bool


class Repeatable(Cached):
    """Options of those of them whose work several processes can share."""

    jobs: int


_TARGET: Final = OpenChoice(_TARGETS)
_TARGET_HELP: Final = (
    "Generate only this target: one of the choices, the id of the platform, or one of a plugin. Can be repeated."
)
_STARTER_TARGET: Final = ExtensibleChoice("authscribe.targets", _TARGETS, _PLATFORMS)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 fine, 1 drift or findings, 2 wrong input, 130 on Ctrl-C."""
    _set_encoding()
    try:
        code = authscribe.main(list(arguments), prog_name="authscribe", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        from authscribe.readers.pasted_secrets import withhold_named

        # It quotes arguments, and values of environment variables that are options.
        shown = StringIO()
        error.show(shown)
        click.echo(withhold_named(shown.getvalue()), nl=False, err=True)
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
    except Exception:  # noqa: BLE001 - a bug is shown as it is, with the exit code of the contract
        import traceback

        traceback.print_exc()
        return _USAGE
    return code if isinstance(code, int) else 0


def _set_encoding() -> None:
    """Write UTF-8 to files and pipes in every locale; a terminal shows what it cannot as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _silence_stdout() -> None:
    """Discard further output: nobody reads it, and the interpreter must not fail again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _together(*options: Callable[[CommandT], CommandT]) -> Callable[[CommandT], CommandT]:
    """Return a decorator that adds options which several commands share, in the order of their help."""

    def decorated(command: CommandT) -> CommandT:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


_option: Final = partial(click.option, cls=Option)
_source_option: Final = partial(_option, section="Definition options")
_report_option: Final = partial(_option, section="Report options")
_speed_option: Final = partial(_option, section="Performance options")

_source_options: Final = _together(
    _source_option(
        "--config", type=click.Path(path_type=Path),
        help="Configuration file (default: the nearest authscribe.toml or pyproject.toml).",
    ),
    _source_option(
        "--source", multiple=True, type=click.Path(), metavar="PATH",
        help="File, folder or glob pattern with definitions. Can be repeated.",
    ),
    _source_option(
        "--source-format", type=ExtensibleChoice("authscribe.readers", _SOURCE_FORMATS), metavar="FORMAT",
        help="Format of the sources (default: detected from file suffix and content).",
    ),
    _source_option("--keep-going", is_flag=True, help="Skip definitions with errors and use the rest."),
    _source_option("--platform", metavar="ID", help="Platform profile to generate for."),
)  # fmt: skip

_out_dir_option: Final = _source_option(
    "--out-dir", metavar="DIR", help="Output folder; managed entirely by authscribe."
)

_report_options: Final = _together(
    _report_option(
        "--output-format", type=Choice(_FORMATS), default="text", show_default=True,
        help="Report format.",
    ),
    _report_option("--output-file", type=click.Path(path_type=Path), help="Write the report to this file."),
    _report_option(
        "--fail-on", type=Choice(("error", "warning", "info")),
        help="Minimum severity that makes the run exit with 1 (default: warning; error if the command writes files).",
    ),
    _report_option("--exit-zero", is_flag=True, help="Exit 0 even if drift or findings are reported."),
)  # fmt: skip

_definition_options: Final = _together(_source_options, _out_dir_option, _report_options)
"""Options of `Shared`."""

_jobs_option: Final = _speed_option(
    "--jobs", type=click.IntRange(min=0), metavar="N", default=0,
    help="Number of worker processes (default: 0, which chooses automatically).",
)  # fmt: skip

_cache_options: Final = _together(
    _speed_option(
        "--cache-dir", type=click.Path(path_type=Path), metavar="DIR",
        help="Cache directory (default: the user cache directory).",
    ),
    _speed_option("--no-cache", is_flag=True, help="Ignore the cache and do not write to it."),
)  # fmt: skip

_selection_options: Final = _together(
    click.argument("names", nargs=-1, metavar="[NAME]..."),
    _option(
        "--target", multiple=True, type=_TARGET, metavar="TARGET",
        help=_TARGET_HELP,
    ),
    _option(
        "--connectors", multiple=True, metavar="DIR",
        help="Also generate for connectors on disk: a folder, a folder of connectors, an archive or REPO@REV.",
    ),
)  # fmt: skip


def _options(shared: Shared) -> Options:
    from authscribe.workspace.command_options import Options

    return Options(
        config=shared["config"],
        sources=shared["source"],
        out_dir=shared["out_dir"],
        platform=shared["platform"],
        source_format=shared["source_format"],
        keep_going=shared["keep_going"],
    )


def _cached(shared: Cached) -> Options:
    from authscribe.runtime import cache

    folder = None if shared["no_cache"] else shared["cache_dir"] or cache.find_default_folder()
    return _options(shared)._replace(cache=folder.absolute() if folder is not None else None)


def _repeatable(shared: Repeatable) -> Options:
    return _cached(shared)._replace(jobs=shared["jobs"])


def _output(shared: Shared, *, repairs: bool = False, err: bool = False) -> Output:
    """Return where and how to report; warnings alone do not make a command fail that repairs what it can."""
    from authscribe.commands.output import Output
    from authscribe.findings.finding import Severity

    return Output(
        format=shared["output_format"],
        file=shared["output_file"],
        # The report has colour or not, as the environment asks; click would take it away again from a pipe.
        write=partial(click.echo, err=err, color=True),
        is_terminal=(sys.stderr if err else sys.stdout).isatty(),
        fail_on=Severity(shared["fail_on"] or ("error" if repairs else "warning")),
        exit_zero=shared["exit_zero"],
    )


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="authscribe")
def authscribe() -> None:
    """Generate auth configuration, docs and secret stubs from one set of definitions, and keep them in sync."""


@authscribe.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@_option("--platform", type=Choice(_PLATFORMS), help="Platform profile to generate for.")
@_option(
    "--target", multiple=True, type=_STARTER_TARGET, metavar="TARGET",
    help=_TARGET_HELP,
)  # fmt: skip
def init(directory: Path, platform: str | None, target: tuple[str, ...]) -> int:
    """Create a starter configuration and example definitions.

    They go into DIRECTORY. Existing files are kept. In a terminal, init asks for the platform and the targets unless
    the options state them.
    """
    from authscribe.commands.init import write_starter

    if sys.stdin.isatty() and platform is None and not target:
        platform, target = _ask_for_choices()
    for line in write_starter(directory, platform, target):
        click.echo(line, err=True)
    return 0


def _ask_for_choices() -> tuple[str, tuple[str, ...]]:
    """Ask for the platform, and for targets other than those of the platform."""
    platform: str = click.prompt("Platform", type=click.Choice(_PLATFORMS), default=_PLATFORMS[0], err=True)
    click.echo(f"Targets are {', '.join((platform, *_TARGETS))}.", err=True)
    question = "Targets, separated by blanks (empty for those of the platform)"
    targets: tuple[str, ...] = click.prompt(
        question, default="", show_default=False, value_proc=_parse_targets, err=True
    )
    return platform, targets


def _parse_targets(text: str) -> tuple[str, ...]:
    return tuple(_STARTER_TARGET.convert(name, None, None) for name in text.split())


@authscribe.command(context_settings=_ENVIRONMENT)
@_selection_options
@_option("--dry-run", is_flag=True, help="Report what would change; write nothing.")
@_option("--diff", is_flag=True, help="Show the changes in each file.")
@_option("--force", is_flag=True, help="Overwrite files that were edited by hand; copies stay in .authscribe-backup.")
@_option("--prune", is_flag=True, help="Delete files that the definitions no longer produce.")
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
    """Generate output files from definitions.

    Limit the run to the given schemes and connectors, if any.
    """
    from authscribe.commands.generate import run_generate
    from authscribe.workspace.command_options import GenerateRequest

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
    return run_generate(_repeatable(shared), request, _output(shared, repairs=True))


@authscribe.command(context_settings=_ENVIRONMENT)
@_selection_options
@_definition_options
@_jobs_option
@_cache_options
def check(
    *, names: tuple[str, ...], target: tuple[str, ...], connectors: tuple[str, ...], **shared: Unpack[Repeatable]
) -> int:
    """Check that output files match the definitions.

    Reports changed, missing, orphaned and edited files; writes nothing.
    """
    from authscribe.commands.check import run_check
    from authscribe.workspace.command_options import GenerateRequest

    request = GenerateRequest(
        names, target, dry_run=True, show_diff=True, connectors=connectors, arguments=_repair(shared)
    )
    return run_check(_repeatable(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("connectors", nargs=-1, metavar="[CONNECTOR]...")
@_option("--baseline", metavar="FILE", help="Report only findings that are not in this baseline file.")
@_option("--update-baseline", is_flag=True, help="Write all current findings to the baseline file.")
@_option("--fix", is_flag=True, help="Fix what can be fixed safely in connectors on disk, and report the rest.")
@_option("--unsafe-fixes", is_flag=True, help="With --fix or --diff, also make changes that need a review.")
@_option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@_definition_options
@_jobs_option
@_cache_options
def lint(
    *,
    connectors: tuple[str, ...],
    baseline: str | None,
    update_baseline: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    **shared: Unpack[Repeatable],
) -> int:
    """Check connectors and definitions against the schemes.

    CONNECTOR is a folder, a folder of connectors, an archive, REPO@REV, or the name of a configured connector.
    """
    from authscribe.commands.lint import Fixing, LintRequest, run_lint

    if unsafe_fixes and not (fix or diff):
        raise click.UsageError("--unsafe-fixes requires --fix or --diff")
    fixing = Fixing(unsafe_fixes, diff) if fix or diff else None
    request = LintRequest(connectors, baseline, update_baseline, fixing)
    return run_lint(_repeatable(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("name")
@_option(
    "--scheme", required=True, metavar="ID", help="Scheme that the connector uses: its id, an alias or a former name."
)
@_option(
    "--style",
    type=Choice(("platform", "custom_auth")),
    default="platform",
    show_default=True,
    help="Let the platform authenticate where it can, or write the credentials into headers.",
)
@_option("--header", metavar="NAME", help="Header that carries the bare secret.")
@_option(
    "--out-dir",
    metavar="DIR",
    help="Folder in which the folder of the connector is created (default: the current one).",
)
@_option("--dry-run", is_flag=True, help="Report what would be written; write nothing.")
@_source_options
@_report_options
@_cache_options
def scaffold(*, name: str, scheme: str, style: str, header: str | None, dry_run: bool, **shared: Unpack[Cached]) -> int:
    """Create the files of a new connector.

    Writes manifest, templates, config class, stubs and docs page into the folder NAME. If NAME is a dot, writes them
    into the current folder, or into that of --out-dir, and names the connector after it. Existing files are kept.
    """
    from authscribe.commands.scaffold import run_scaffold
    from authscribe.scaffold import ScaffoldRequest

    request = ScaffoldRequest(name, scheme, style, header, dry_run)
    return run_scaffold(_cached(shared), request, _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
@_option("--check", is_flag=True, help="Report pages that are not up to date; write nothing.")
@_option("--diff", is_flag=True, help="Show the changes in each page.")
@_definition_options
def docs(*, pages: tuple[str, ...], check: bool, diff: bool, **shared: Unpack[Shared]) -> int:
    """Update the scheme tables inside pages.

    Changes only outdated rows and regions between markers. PAGE is a file, a folder or a quoted glob pattern; with a
    leading ! it excludes pages. Without PAGE, updates the pages of the configuration.
    """
    from authscribe.commands.docs import run_docs
    from authscribe.commands.upkeep import UpkeepRequest

    request = UpkeepRequest(pages, check=check, show_diff=diff, arguments=_repair(shared))
    return run_docs(_options(shared), request, _output(shared, repairs=not check))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@_option("--check", is_flag=True, help="Report files that are not up to date; write nothing.")
@_option("--diff", is_flag=True, help="Show the changes in each file; values of secrets are masked.")
@_definition_options
def sync(*, files: tuple[str, ...], check: bool, diff: bool, **shared: Unpack[Shared]) -> int:
    """Update the settings of connectors inside files.

    Adds missing settings to environment templates (.env.example), Compose files, workflows of GitHub Actions and
    server.json, corrects wrong facts, and updates pages as `docs` does. FILE is a file, a folder or a quoted glob
    pattern; with a leading ! it excludes files. Without FILE, updates the files of the configuration.
    """
    from authscribe.commands.sync import run_sync
    from authscribe.commands.upkeep import UpkeepRequest

    request = UpkeepRequest(files, check=check, show_diff=diff, arguments=_repair(shared))
    return run_sync(_options(shared), request, _output(shared, repairs=not check))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("old")
@click.argument("new", required=False)
@_option(
    "--changelog", type=click.Path(path_type=Path), metavar="FILE", help="Write a changelog in Markdown to this file."
)
@_definition_options
def diff(*, old: str, new: str | None, changelog: Path | None, **shared: Unpack[Shared]) -> int:
    """Compare two sets of definitions or connectors.

    OLD and NEW are paths or git revisions; NEW defaults to the current definitions. For connectors, both are folders
    with a manifest, archives or REPO@REV; NEW defaults to REPO. Breaking changes are warnings, and changes that protect
    secrets less are errors.
    """
    from authscribe.commands.diff import DiffRequest, run_diff

    return run_diff(_options(shared), DiffRequest(old, new, changelog), _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("source_in", metavar="IN")
@_option("--to", "to", required=True, type=Choice(_CONVERSIONS), help="Format of the document.")
@_option(
    "--extras",
    type=Choice(_EXTRAS),
    default="all",
    help="Definitions that keep what other systems state beyond the format, as extras (default: all).",
)
@_definition_options
def convert(*, source_in: str, to: str, extras: str, **shared: Unpack[Shared]) -> int:
    """Convert definitions to another format.

    IN is a file, a folder or a pattern with definitions, or a connector: its folder, an archive or REPO@REV. Writes
    the document to standard output, and reports on standard error what became of each key.
    """
    from authscribe.commands.convert import ConvertRequest, run_convert

    request = ConvertRequest(source_in, to, extras)
    return run_convert(_options(shared), request, partial(click.echo, nl=False), _output(shared, err=True))


def _repair(shared: Shared) -> tuple[str, ...]:
    """Return the options that the repair command must repeat to reach the same definitions and outputs."""
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
@click.argument("what", metavar="WHAT", type=Choice(_LISTS))
@_definition_options
def list_(*, what: str, **shared: Unpack[Shared]) -> int:
    """List connectors, schemes, rules and more.

    The inputs and outputs are those of `generate`; config is the configuration in effect.
    """
    from authscribe.commands.list import run_list

    return run_list(what, _options(shared), _output(shared))


@authscribe.command(context_settings=_ENVIRONMENT)
@click.argument("name")
@_option("--names", is_flag=True, help="Show how each target spells the names instead.")
@_definition_options
def show(*, name: str, names: bool, **shared: Unpack[Shared]) -> int:
    """Show a scheme or connector, with the source of each fact.

    NAME is an id, an alias, a former name, or the folder of a connector.
    """
    from authscribe.commands.show import ShowRequest, run_show

    return run_show(ShowRequest(name, names), _options(shared), _output(shared))


@authscribe.command()
@click.argument("which", metavar="DOCUMENT", type=Choice(_SCHEMAS))
def schema(which: str) -> int:
    """Print the JSON Schema (2020-12) of a document."""
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
@click.argument("shell", metavar="SHELL", type=Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> int:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    shell_class = get_completion_class(shell)
    if shell_class is None:
        raise click.BadParameter(f"click cannot complete for {shell}", param_hint="SHELL")
    click.echo(shell_class(authscribe, {}, "authscribe", "_AUTHSCRIBE_COMPLETE").source())
    return 0
