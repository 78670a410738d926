"""Formatting: rendered text becomes the exact bytes of a file. The only module that knows black."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from authscribe import audit
from authscribe.files import GeneratedFile, Language, RenderedFile

_LINE_LENGTH: Final = 88


def format(rendered: RenderedFile) -> GeneratedFile:  # noqa: A001 - the stage's name in the design
    """UTF-8 with LF and one final newline; Python in black's yearly style, audited before it leaves here.

    Raises when the text cannot be what it should be: a bug of ours, or of a user's own template.
    """
    planned = rendered.planned
    try:
        if planned.language is Language.PYTHON:
            content = _python(rendered.text).encode("ascii")
            audit.check(content)
        else:
            content = _tidy(rendered.text).encode("utf-8")
    except Exception as error:
        error.add_note(f"while formatting {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, planned.template, planned.subject)


def formatter_version() -> str:
    """The formatter and its yearly style, as the lock records it; later releases of one year do not count."""
    return f"black {version('black').split('.')[0]}"


def _python(text: str) -> str:
    import black
    from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=_LINE_LENGTH)
    return black.format_str(text, mode=mode)


def _tidy(text: str) -> str:
    """No blanks at the ends of lines, no empty lines in a row, none at the end."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip("\n") + "\n"
