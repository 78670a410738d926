"""Formatting: rendered text becomes the exact bytes of a file. The only module that knows black."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from itertools import chain
from typing import Final

from authscribe.build.audit import check_bytes, check_grammar
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile, RenderedFile
from authscribe.encoders.language import Language
from authscribe.encoders.python import PYTHON_LINE
from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.template_error import report_bad_template_file

_QUOTES: Final = ("'", '"')

# What black leaves alone for all that.
_STRING: Final = r"""(?:"[^"]*"|'[^'\\]*')"""
_SETTLED: Final = re.compile(
    "|".join(
        (
            # A string that is an item, an argument or an entry on a line of its own, or a name: there is nowhere to
            # break it.
            rf" +(?:\w+=|{_STRING}: )?{_STRING},| +[\w.]+,",
            # A docstring in which there is nothing to tidy, and the triple quotes that templates write.
            r' *"[^"\\ ](?:[^"\\]*[^"\\ ])?"| *""".*',
            # The lone entry of a dictionary, or two arguments, where they fit.
            rf"(?=.{{0,{PYTHON_LINE}}}$) *{_STRING}[:,] {_STRING}",
        )
    )
)


def format_file(rendered: RenderedFile) -> GeneratedFile:
    """UTF-8 with LF and one final newline; Python in black's yearly style, audited before it leaves here.

    Raises DefinitionError when a user's own template made text that cannot be formatted; otherwise such text is
    a bug of ours, and the exception says which file was being made.
    """
    planned = rendered.planned
    try:
        content = _content(rendered)
    except DefinitionError:
        raise
    except Exception as error:
        if rendered.template is not None:
            problem = "its output is not valid Python in ASCII"
            raise DefinitionError((report_bad_template_file(rendered.template, problem),)) from None
        error.add_note(f"while formatting {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, planned.template, planned.subject)


def tidy_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """The text with no blanks at the ends of lines, no empty lines in a row, one newline at the end."""
    rest, before = "", ""
    is_begun = False
    for piece in chain(pieces, "\n"):
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
    """Whether black is known to leave what a built-in template made as it is.

    The templates lay out their text as black does. What is left to black are lines that are too long, and the
    strings that it would write in another way; the tests run it over whatever passes here.
    """
    return all(_SETTLED.fullmatch(line) for line in text.split("\n") if _is_doubtful(line))


def _is_doubtful(line: str) -> bool:
    """Whether black may do something: it is too long, has escapes beside single quotes, or may be a docstring."""
    return (
        len(line) > PYTHON_LINE
        or (line.endswith(_QUOTES) and line.lstrip(" ").startswith(_QUOTES))
        or ("\\" in line and "'" in line)
    )


def _content(rendered: RenderedFile) -> Content:
    if rendered.planned.language is Language.PYTHON:
        return Content.of(_code(rendered))
    is_document = rendered.planned.template is None
    pieces = rendered.pieces if is_document else tidy_pieces(rendered.pieces)
    return Content.joined(piece.encode("utf-8") for piece in pieces)


def _code(rendered: RenderedFile) -> bytes:
    text = rendered.text
    is_done = rendered.laid_out and is_settled(text)
    content = (text if is_done else _python(text)).encode("ascii")
    check_bytes(content)
    if rendered.template is None:
        # A user's own template may need other imports; what it prints has still gone through the encoders.
        check_grammar(content)
    return content


def formatter_version() -> str:
    """The formatter and its yearly style, as the lock records it; later releases of one year do not count."""
    # `metadata.version` takes the whole description of black apart as a letter with headers.
    black = distribution("black")
    _, _, stated = (black.read_text("METADATA") or "").partition("\nVersion: ")
    return f"black {(stated or black.version).partition('.')[0]}"


def _python(text: str) -> str:
    import black
    from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=PYTHON_LINE)
    return black.format_str(text, mode=mode)
