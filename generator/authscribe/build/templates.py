"""Render planned files with Jinja templates.

Delimiters are `<< >>`, `<% %>` and `<# #>`, since the rendered files contain many braces. A template has one variable,
`view`, and can print only text that an encoder of its language has made.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Final

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from authscribe.build.bytecode import TemplateBytecode
from authscribe.build.files import RenderedFile
from authscribe.build.filters import FILTERS
from authscribe.encoders.language import CustomLanguage, Language
from authscribe.encoders.text import Encoded, TidyLines, to_printable
from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.template_error import report_bad_template_file
from authscribe.runtime import package_files, plugins
from authscribe.runtime.paths import is_safe_path, show_path
from authscribe.runtime.plugins import Group
from authscribe.targets.plan import PlannedFile
from authscribe.targets.registry import is_built_in

_PIECE: Final = 2000
"""Number of outputs of a template that are joined to a piece: most files are one piece."""


@dataclass(frozen=True)
class Templates:
    """Templates by name; those in the user's folders take precedence over the built-in ones. Each is compiled once."""

    folders: tuple[Path, ...] = ()
    loader: ChoiceLoader = field(init=False)
    environments: Mapping[Language, Environment] = field(init=False)
    custom: dict[object, Environment] = field(init=False, default_factory=dict)
    own: dict[str, Place | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Create an environment for each language, all with the same folders."""
        folders = [FileSystemLoader(folder) for folder in (*self.folders, package_files.find_templates_folder())]
        loader = ChoiceLoader([*folders, FunctionLoader(_load_plugin_template)])
        # Templates and views of plugins are not known to be harmless either.
        others = self.folders or plugins.list_plugins(Group.TARGETS)
        environments = {
            language: _create_environment(FILTERS[language], loader, sandboxed=bool(others)) for language in FILTERS
        }
        object.__setattr__(self, "loader", loader)
        object.__setattr__(self, "environments", environments)

    def find_environment(self, language: Language | CustomLanguage) -> Environment:
        """Return the environment with the filters of a language; that of a plugin's is created on first use."""
        if isinstance(language, Language):
            return self.environments[language]
        key = tuple(language.filters.items())
        if key not in self.custom:
            filters = {name: _seal_filter(name, encode) for name, encode in key}
            self.custom[key] = _create_environment(filters, self.loader, sandboxed=True)
        return self.custom[key]

    def may_replace(self, name: str) -> bool:
        """Return whether the user's folders may replace this template, or one that it includes from its folder."""
        return any((folder / name).parent.is_dir() for folder in self.folders)

    def locate_own(self, name: str, environment: Environment) -> Place | None:
        """Return the place of the first user's template among this one and those that it includes, or None."""
        if name not in self.own:
            files = self._list_parts(name, environment) if self.folders else ()
            places = (_locate_user_line(file, 1, self) for file in files)
            self.own[name] = next((place for place in places if place is not None), None)
        return self.own[name]

    def _list_parts(self, name: str, environment: Environment) -> Iterator[str]:
        """Yield the file of a template, and those of the templates that it includes."""
        # Imported here: few runs have templates of their user.
        from jinja2.meta import find_referenced_templates

        names = [name]
        for each in names:
            with suppress(TemplateNotFound):
                source, file, _ = self.loader.get_source(environment, each)
                yield file or ""
                found = find_referenced_templates(environment.parse(source))
                names += (inner for inner in found if inner is not None and inner not in names)


def render_file(planned: PlannedFile, templates: Templates) -> RenderedFile:
    """Return a planned file with its text, which is rendered when it is read.

    If a template of the user fails, then or now, a DefinitionError has its line. If a built-in template fails, that is
    a bug in authscribe; the exception names the file.
    """
    if planned.template is None:
        raise ValueError(f"{planned.path} is a JSON document without a template")
    with _blame_template(planned, templates):
        environment = templates.find_environment(planned.language)
        template = environment.get_template(planned.template)
        place = templates.locate_own(planned.template, environment)
    pieces = _generate_pieces(template, planned, templates)
    is_ours = is_built_in(planned.target) and not templates.may_replace(planned.template)
    return RenderedFile(planned, pieces, place, is_ours)


def _generate_pieces(template: Template, planned: PlannedFile, templates: Templates) -> Iterator[str]:
    """Yield the text in large pieces, since a template often prints single words; all `TidyLines` are pieces."""
    with _blame_template(planned, templates):
        for kind, outputs in groupby(template.generate(view=planned.view), type):
            if kind is TidyLines:
                yield from outputs
            while piece := list(islice(outputs, _PIECE)):
                yield "".join(piece)


@contextmanager
def _blame_template(planned: PlannedFile, templates: Templates) -> Iterator[None]:
    try:
        yield
    except (TemplateError, AttributeError, TypeError, ValueError) as error:
        place = _find_user_line(error, templates)
        if place is None:
            error.add_note(f"while rendering {planned.path}{_describe_search(error, planned, templates)}")
            raise
        raise DefinitionError((report_bad_template_file(place, _describe_error(error)),)) from None


def _describe_search(error: Exception, planned: PlannedFile, templates: Templates) -> str:
    """Return in which folders a template of a plugin was looked for; nothing for another error."""
    if is_built_in(planned.target) or not isinstance(error, TemplateNotFound):
        return ""
    folders = (*templates.folders, *plugins.list_template_folders(planned.target))
    return f"; looked for it in {', '.join(map(str, folders))}"


class _TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Sandbox that does not check access to the fields of views, which hold only authscribe's own plain data."""

    def getattr(self, obj: object, attribute: str) -> object:
        """Return the field of a view directly, and any other attribute by the rules of the sandbox."""
        if attribute[:1] != "_" and attribute in getattr(type(obj), "_fields", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        """Return only the given variables; Jinja would chain them with those of the environment, which has none."""
        return d or {}


def _seal_filter(name: str, encode: Callable[..., str]) -> Callable[..., Encoded]:
    """Return a filter of a plugin whose text templates can print."""

    def encode_value(value: object, *arguments: object) -> Encoded:
        text = encode(value, *arguments)
        if not isinstance(text, str):
            raise TypeError(f"the filter '{name}' returned a {type(text).__name__} instead of a text")
        return Encoded(text)

    return encode_value


def _require_text(name: str, encode: Callable[..., Encoded]) -> Callable[..., Encoded]:
    """Return the filter of an encoder, which refuses any value but a text with its name if the encoder takes texts."""
    first = next(iter(inspect.signature(encode).parameters.values()))
    if first.annotation != "str":
        return encode

    def encode_text(value: object, *arguments: object) -> Encoded:
        if not isinstance(value, str):
            _refuse_undefined(value)
            raise TypeError(f"the filter '{name}' needs a text instead of a value of the type {type(value).__name__}")
        return encode(value, *arguments)

    return encode_text


def _create_environment(
    filters: Mapping[str, Callable[..., Encoded]], loader: ChoiceLoader, *, sandboxed: bool
) -> Environment:
    environment = _TemplateEnvironment(
        loader=loader,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        autoescape=False,
        auto_reload=False,
        cache_size=-1,
        finalize=_require_encoded,
    )
    if sandboxed:
        filters = {name: _require_text(name, encode) for name, encode in filters.items()}
    else:
        # Built-in templates access only the fields of views. Checks of each access took a sixth of rendering.
        vars(environment).update(getattr=getattr)
        environment.bytecode_cache = TemplateBytecode()
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(filters)
    return environment


def _load_plugin_template(name: str) -> tuple[str, str, None] | None:
    """Return the text and the file of a template of a plugin's target, or None."""
    file = plugins.find_target_template(name) if is_safe_path(name) else None
    return (file.read_text("utf-8"), str(file), None) if file is not None else None


def locate_plugin_template(name: str | None) -> Place | None:
    """Return the place of a template of a plugin's target, or None."""
    file = plugins.find_target_template(name) if name is not None else None
    return Place(str(file)) if file is not None else None


def _require_encoded(value: object) -> Encoded:
    """Return text that an encoder has made; raise TypeError for any other value that a template prints."""
    if isinstance(value, Encoded):
        return value
    _refuse_undefined(value)
    raise TypeError("a printed value has no encoding filter")


def _refuse_undefined(value: object) -> None:
    if isinstance(value, StrictUndefined):
        str(value)  # Raises an error that names the undefined value.


def _find_user_line(error: Exception, templates: Templates) -> Place | None:
    """Return the line of the user's template that raised the error; None for built-in templates."""
    places = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    for name, line in reversed(places):
        place = _locate_user_line(name, line, templates)
        if place is not None:
            return place
    return None


def _locate_user_line(name: str, line: int, templates: Templates) -> Place | None:
    """Return the place of a line in the template file called `name`; None if it is not in the user's folders."""
    if not any(Path(name).is_relative_to(folder) for folder in templates.folders):
        return None
    return Place(show_path(name, Path.cwd()), line, 1, line, 2)


def _describe_error(error: Exception) -> str:
    message = to_printable(str(error)) or type(error).__name__
    if "StrictUndefined" in message or (isinstance(error, UndefinedError) and "has no attribute" in message):
        message = "it uses a name that its view does not have"
    return message[:1].lower() + message[1:]
