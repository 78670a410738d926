"""Format rendered text into the final bytes of a file. Only this module uses black."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from itertools import chain
from typing import Final

from authscribe.build.audit import check_bytes, check_grammar
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile, RenderedFile
from authscribe.build.syntax import OutputError, check_syntax
from authscribe.encoders.language import CustomLanguage, Language
from authscribe.encoders.python import PYTHON_LINE
from authscribe.encoders.rst import wrap_rst_lines
from authscribe.encoders.text import TidyLines
from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.template_error import report_bad_template_file
from authscribe.targets.registry import is_built_in

_QUOTES: Final = ("'", '"')

# Lines that look doubtful to `_is_doubtful`, but that black is known to keep.
_STRING: Final = r"""(?:"[^"]*"|'[^'\\]*')"""
_SETTLED: Final = re.compile(
    "|".join(
        (
            # A string on a line of its own that is an item, an argument or an entry, or a name: it cannot be split.
            rf" +(?:\w+=|{_STRING}: )?{_STRING},| +[\w.]+,",
            # A docstring without outer spaces, or the triple quotes that templates write.
            r' *"[^"\\ ](?:[^"\\]*[^"\\ ])?"| *""".*',
            # The only entry of a dictionary, or two arguments, if they fit on the line.
            rf"(?=.{{0,{PYTHON_LINE}}}$) *{_STRING}[:,] {_STRING}",
        )
    )
)


def format_file(rendered: RenderedFile) -> GeneratedFile:
    """Return the file in UTF-8 with LF and one final newline; Python in black's yearly style, after an audit.

    If the text of a user's template cannot be formatted, raises DefinitionError. If that of a built-in template cannot,
    that is a bug in authscribe; the exception names the file.
    """
    planned = rendered.planned
    try:
        content = _format_content(rendered)
    except DefinitionError:
        raise
    except Exception as error:
        if rendered.own_template is not None:
            problem = str(error) if isinstance(error, OutputError) else "its output is not valid Python in ASCII"
            raise DefinitionError((report_bad_template_file(rendered.own_template, problem),)) from None
        error.add_note(f"while formatting {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, planned.template, planned.subject)


def format_pieces(pieces: Iterable[str], language: Language | CustomLanguage) -> Iterator[str]:
    """Yield the text as `tidy_pieces` does; in reStructuredText, also without lines that docutils refuses."""
    tidy = tidy_pieces(pieces)
    return map(wrap_rst_lines, tidy) if language is Language.RST else tidy


def tidy_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the text without trailing spaces and repeated empty lines, and with one final newline.

    `TidyLines` that begin a line stay as they are: searching megabytes of them again would take longer than hashing.
    """
    rest, before = "", ""
    is_begun = False
    for piece in chain(pieces, "\n"):
        if piece and not rest and isinstance(piece, TidyLines):
            yield f"{before}{piece}"
            before, is_begun = "", True
            continue
        *lines, rest = f"{rest}{piece}".split("\n")
        kept = []
        for line in map(str.rstrip, lines):
            if line:
                kept.append(f"{before}{line}\n")
            before = "" if line else "\n" * (is_begun or bool(kept))
        if kept:
            is_begun = True
            yield "".join(kept)
    if not is_begun:
        yield "\n"


def is_settled(text: str) -> bool:
    """Return whether black is known to keep the text, which a built-in template rendered.

    Built-in templates produce black's layout, except for lines that are too long, and strings that black would
    rewrite. Tests run black over texts that this function accepts.
    """
    return all(_SETTLED.fullmatch(line) for line in text.split("\n") if _is_doubtful(line))


def _is_doubtful(line: str) -> bool:
    """Return whether black may change a line: it is too long, has escapes and single quotes, or may be a docstring."""
    return (
        len(line) > PYTHON_LINE
        or (line.endswith(_QUOTES) and line.lstrip(" ").startswith(_QUOTES))
        or ("\\" in line and "'" in line)
    )


def _format_content(rendered: RenderedFile) -> Content:
    language = rendered.planned.language
    if language is Language.PYTHON:
        return Content.from_bytes(_format_code(rendered))
    pieces = format_pieces(rendered.pieces, language)
    if not rendered.is_built_in:
        text = "".join(pieces)
        check_syntax(language, text)
        pieces = iter((text,))
    return Content.from_pieces(piece.encode("utf-8") for piece in pieces)


def _format_code(rendered: RenderedFile) -> bytes:
    text = rendered.text
    is_formatted = rendered.is_built_in and is_settled(text)
    content = (text if is_formatted else _run_black(text)).encode("ascii")
    check_bytes(content)
    if rendered.own_template is None and is_built_in(rendered.planned.target):
        # Templates of users and plugins may need other imports; encoders have still made everything that they print.
        check_grammar(content)
    return content


def get_formatter_version() -> str:
    """Return black and its year, such as `black 26`, as the lock records it; all releases of a year have one style."""
    # `metadata.version` would parse black's complete description.
    black = distribution("black")
    _, _, version = (black.read_text("METADATA") or "").partition("\nVersion: ")
    return f"black {(version or black.version).partition('.')[0]}"


def _run_black(text: str) -> str:
    with _any_cache_folder():
        import black
        from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=PYTHON_LINE)
    return black.format_str(text, mode=mode)


@contextmanager
def _any_cache_folder() -> Iterator[None]:
    """State a folder for caches: on import, black looks for its own, and raises RuntimeError if the user has no home.

    Formatting a text uses no cache.
    """
    stated = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = stated or os.sep
    try:
        yield
    finally:
        if stated is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = stated
