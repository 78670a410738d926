"""Rendering: a planned file becomes text. The only module that knows Jinja.

Delimiters are `<< >>`, `<% %>` and `<# #>`, since the files that are rendered are full of braces themselves.
A template sees one value, `view`, and can print only what an encoder of its language has made.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
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
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from authscribe.build.bytecode import _Bytecode
from authscribe.build.files import RenderedFile
from authscribe.encoders.html import (
    encode_html_attribute,
    encode_html_json,
    encode_html_link,
    encode_html_raw,
    encode_html_text,
)
from authscribe.encoders.json import iter_json
from authscribe.encoders.language import Language
from authscribe.encoders.markdown import encode_markdown_code, encode_markdown_link, encode_markdown_text
from authscribe.encoders.python import (
    encode_python_assignment,
    encode_python_call,
    encode_python_import,
    encode_python_literal,
    encode_python_name,
)
from authscribe.encoders.rst import encode_rst_link, encode_rst_literal, encode_rst_text, encode_rst_title
from authscribe.encoders.shell import encode_shell_string, encode_variable
from authscribe.encoders.text import Encoded, encode_id, to_printable
from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.template_error import report_bad_template_file
from authscribe.runtime import package_files, plugins
from authscribe.runtime.paths import is_safe_path
from authscribe.runtime.plugins import Group
from authscribe.targets.plan import PlannedFile

FILTERS: Final[Mapping[Language, Mapping[str, Callable[..., Encoded]]]] = {
    Language.PYTHON: {
        "assigned": encode_python_assignment,
        "called": encode_python_call,
        "imported": encode_python_import,
        "literal": encode_python_literal,
        "name": encode_python_name,
    },
    Language.RST: {
        "id": encode_id,
        "link": encode_rst_link,
        "literal": encode_rst_literal,
        "text": encode_rst_text,
        "title": encode_rst_title,
    },
    Language.MARKDOWN: {
        "id": encode_id,
        "link": encode_markdown_link,
        "text": encode_markdown_text,
        "code": encode_markdown_code,
    },
    Language.HTML: {
        "attribute": encode_html_attribute,
        "id": encode_id,
        "json": encode_html_json,
        "link": encode_html_link,
        "raw": encode_html_raw,
        "text": encode_html_text,
    },
    Language.TEXT: {"variable": encode_variable, "shell": encode_shell_string},
}
"""What templates of each language can print with; JSON is never made by a template."""


_PIECE: Final = 2000
"""How many prints of a template are joined; of most files that is all."""


@dataclass(frozen=True)
class Templates:
    """Templates by name, those of the user's folders before the built-in ones; each is compiled once."""

    folders: tuple[Path, ...] = ()
    root: Path = Path()
    environments: Mapping[Language, Environment] = field(init=False)

    def __post_init__(self) -> None:
        """One environment for each language, all over the same folders."""
        folders = [FileSystemLoader(folder) for folder in (*self.folders, package_files.templates_folder())]
        loader = ChoiceLoader([*folders, FunctionLoader(_of_another_package)])
        others = self.folders or plugins.list_plugins(Group.TEMPLATES) or plugins.list_plugins(Group.TARGETS)
        environments = {language: _environment(language, loader, sandboxed=bool(others)) for language in FILTERS}
        object.__setattr__(self, "environments", environments)

    def are_own(self, name: str) -> bool:
        """Whether the user's folders may stand before this template, or before one that it includes."""
        return any((folder / name).parent.is_dir() for folder in self.folders)


def render_file(planned: PlannedFile, templates: Templates) -> RenderedFile:
    """The text of a planned file.

    When a template of the user's own fails, a DefinitionError says on which line, here or when the text is asked for;
    when a built-in one fails, the exception is a bug of ours and says which file was being made.
    """
    if planned.template is None:
        return RenderedFile(planned, iter_json(planned.view))
    with _blamed(planned, templates):
        template = templates.environments[planned.language].get_template(planned.template)
    place = _own_place(template.filename or "", 1, templates)
    pieces = _pieces(template, planned, templates)
    return RenderedFile(planned, pieces, place, laid_out=not templates.are_own(planned.template))


def _pieces(template: Template, planned: PlannedFile, templates: Templates) -> Iterator[str]:
    """Large ones, since what a template prints at once is often a word."""
    with _blamed(planned, templates):
        prints = template.generate(view=planned.view)
        while some := list(islice(prints, _PIECE)):
            yield "".join(some)


@contextmanager
def _blamed(planned: PlannedFile, templates: Templates) -> Iterator[None]:
    try:
        yield
    except (TemplateError, AttributeError, TypeError, ValueError) as error:
        place = _user_place(error, templates)
        if place is None:
            error.add_note(f"while rendering {planned.path}")
            raise
        raise DefinitionError((report_bad_template_file(place, _problem(error)),)) from None


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, which need not look closely at the fields of views: those are plain data, and ours."""

    def getattr(self, obj: object, attribute: str) -> object:
        """The field of a view at once; everything else by the rules of the sandbox."""
        if attribute[:1] != "_" and attribute in getattr(type(obj), "_fields", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        """None but those that are given: Jinja would chain these with those of the environment, which has none."""
        return d or {}


def _environment(language: Language, loader: ChoiceLoader, *, sandboxed: bool) -> Environment:
    environment = _Environment(
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
        finalize=_encoded,
    )
    if not sandboxed:
        # Our templates ask views for their fields alone, and so often that looking closely is a sixth of rendering.
        vars(environment).update(getattr=getattr)
        environment.bytecode_cache = _Bytecode()
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS[language])
    return environment


def _of_another_package(name: str) -> str | None:
    """The template of a target that another package brings, with its templates."""
    if not is_safe_path(name):
        return None
    folders = map(plugins.find_template_folder, plugins.list_plugins(plugins.Group.TEMPLATES))
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    return found.read_text("utf-8") if found is not None else None


def _encoded(value: object) -> Encoded:
    """The gate of every hole: text that no encoder has made is refused."""
    if isinstance(value, Encoded):
        return value
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and says what is undefined
    raise TypeError("a printed value has no encoding filter")


def _user_place(error: Exception, templates: Templates) -> Place | None:
    """The line of the user's own template in which the error arose; None for built-in templates."""
    places = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    for name, line in reversed(places):
        place = _own_place(name, line, templates)
        if place is not None:
            return place
    return None


def _own_place(name: str, line: int, templates: Templates) -> Place | None:
    """The line of the template called `name`, as it is shown; None where that is no template of the user's own."""
    if not any(Path(name).is_relative_to(folder) for folder in templates.folders):
        return None
    shown = Path(os.path.relpath(name, templates.root)).as_posix()
    return Place(shown, line, 1, line, 2)


def _problem(error: Exception) -> str:
    message = to_printable(str(error)) or type(error).__name__
    if "StrictUndefined" in message or (isinstance(error, UndefinedError) and "has no attribute" in message):
        message = "it uses a name that its view does not have"
    return message[:1].lower() + message[1:]
