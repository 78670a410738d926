"""Formatting: rendered text becomes the exact bytes of a file. The only module that knows black."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from authscribe import audit, mistakes
from authscribe.files import GeneratedFile, Language, RenderedFile
from authscribe.finding import DefinitionError

_LINE_LENGTH: Final = 88


def format(rendered: RenderedFile) -> GeneratedFile:  # noqa: A001 - the stage's name in the design
    """UTF-8 with LF and one final newline; Python in black's yearly style, audited before it leaves here.

    Raises DefinitionError when a user's own template made text that cannot be formatted; otherwise such text is
    a bug of ours, and the exception says which file was being made.
    """
    planned = rendered.planned
    try:
        content = _content(rendered)
    except Exception as error:
        if rendered.template is not None:
            problem = "what it makes is not Python in ASCII"
            raise DefinitionError((mistakes.bad_template_file(rendered.template, problem),)) from None
        error.add_note(f"while formatting {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, planned.template, planned.subject)


def tidy(text: str) -> str:
    """The text with no blanks at the ends of lines, no empty lines in a row, one newline at the end."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _content(rendered: RenderedFile) -> bytes:
    if rendered.planned.language is not Language.PYTHON:
        return tidy(rendered.text).encode("utf-8")
    content = _python(rendered.text).encode("ascii")
    audit.check_bytes(content)
    if rendered.template is None:
        # A user's own template may need other imports; what it prints has still gone through the encoders.
        audit.check_grammar(content)
    return content


def formatter_version() -> str:
    """The formatter and its yearly style, as the lock records it; later releases of one year do not count."""
    return f"black {version('black').split('.')[0]}"


def _python(text: str) -> str:
    import black
    from black.mode import TargetVersion

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=_LINE_LENGTH)
    return black.format_str(text, mode=mode)
