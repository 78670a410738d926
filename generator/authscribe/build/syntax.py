"""Check that texts which no built-in template made are in their language. Parsers are imported only for such texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from authscribe.encoders.language import CustomLanguage, Language
from authscribe.findings.finding import Finding


class OutputError(ValueError):
    """Text that is not in the language of its file; the message states the line in the text, and why."""


def check_syntax(language: Language | CustomLanguage, text: str) -> None:
    """Raise OutputError for a text that is not in the language, as far as there is a parser."""
    if isinstance(language, CustomLanguage):
        _check_custom_text(language, text)
        return
    for mistake in _PARSERS[language](text) if language in _PARSERS else ():
        line = mistake.place.line
        raise OutputError(f"its output has a mistake{f' in line {line}' if line else ''}: {mistake.message}")


def _check_custom_text(language: CustomLanguage, text: str) -> None:
    try:
        if language.check is not None:
            language.check(text)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        raise OutputError(f"its output is not in {language.name}: {error}") from None


def _parse_yaml(text: str) -> Iterable[Finding]:
    from authscribe.readers.syntax.yaml import find_yaml_mistake

    mistake = find_yaml_mistake("", text)
    return (mistake,) if mistake is not None else ()


def _parse_json(text: str) -> Iterable[Finding]:
    from authscribe.readers.syntax.json import parse_json

    return parse_json("", text)[1]


def _parse_dotenv(text: str) -> Iterable[Finding]:
    from authscribe.readers.syntax.dotenv import parse_dotenv

    return parse_dotenv("", text)[1]


_PARSERS: Final[Mapping[Language, Callable[[str], Iterable[Finding]]]] = {
    Language.YAML: _parse_yaml,
    Language.JSON: _parse_json,
    Language.DOTENV: _parse_dotenv,
}
