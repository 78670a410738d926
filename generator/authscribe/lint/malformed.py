"""Find texts outside of credentials that only resemble references, to a secret or to a parameter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from authscribe.connectors.once import once_per_connector
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.malformed_reference import report_malformed_elsewhere
from authscribe.lint.credentials import is_inside, is_inside_one, list_replaceable
from authscribe.lint.literals import locate_literals
from authscribe.model.contract import spell_secret
from authscribe.readers.text import LineCounter

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.snapshot import ConnectorTemplate

_NAME: Final = "{name}"
_ARGUMENT: Final = r"(?:[^\w\s\"'\\,$]{1,2}\s?(?P<name>[\w-]*)[^\w\s\"'\\,]?)?"
"""Matches what follows the word of a reference: a name in brackets of any kind, or in none that are closed."""
_NO_NAME: Final = "..."
_DELIMITED: Final = (
    r"\{(?<!\{\{)\{*[\s@-]*(NAME)[\s@-]*\}\}*|\$(\w*)\{\{*[\s@-]*(NAME)[\s@-]*\}\}*|<\s*(NAME)\s*>(?![^<]*</)"
    r"|\$(\w*)\(\s*(NAME)\s*\)|%\w*\(\s*(NAME)\s*\)|\$((\w++)(?:-++\w++)*+)(?!=)"
).replace("NAME", r"\w[\w.]*+(?:-++\w[\w.]*+)*+")
"""Matches a name between delimiters or after a dollar sign; groups are what may be the name.

Each branch begins with one character, so that `re` skips the rest of a text, and goes through a run of braces once.
"""


def check_malformed(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each text outside of credentials that nearly refers to a secret; one for equal texts.

    Without the word of a reference, a text counts only if no template refers to the secret.
    """
    places = {*locate_literals(context), *list_replaceable(context)}
    for name, place, spelt in _find_malformed(context):
        if not any(is_inside(place, each) or is_inside(each, place) for each in places):
            subject = f"the secret '{name}'" if name else "a secret"
            yield report_malformed_elsewhere(subject, name, place, context.name, spelt)


def list_malformed(context: ConnectorContext) -> set[str]:
    """Return the secrets to which some text outside of references nearly refers."""
    return {name for name, _, _ in _find_malformed(context)}


def locate_malformed_parameters(names: Iterable[str], context: ConnectorContext) -> Mapping[str, Place]:
    """Return the first text that has each of the names of parameters between delimiters, but is no reference.

    Elements of XML, and query options such as `$filter=` (OData Version 4.01 Part 2, section 5.1), do not count.
    """
    spelt = {context.platform.spell_name(name): name for name in names}
    places: dict[str, Place] = {}
    for template in context.snapshot.all_templates if spelt else ():
        named = (each for each in re.finditer(_DELIMITED, template.text) if not spelt.keys().isdisjoint(each.groups()))
        for match, place in _locate_texts(named, template, context):
            # Of two names that begin alike, the longer one is meant.
            places.setdefault(next(spelt[each] for each in match.groups() if each in spelt), place)
    return places


@once_per_connector
def _find_malformed(context: ConnectorContext) -> tuple[tuple[str, Place, str], ...]:
    """Return the texts that nearly are a reference to a secret, each with its name and how to write it."""
    texts = [(each, each.text.lower()) for each in context.snapshot.all_templates]
    found = [*_find_openings(texts, context)]
    unused = {*context.injected, *context.by_flag} - context.secrets.keys() - {name for name, _, _ in found}
    others = (_locate_malformed(name, texts, context) for name in sorted(unused))
    return (*found, *filter(None, others))


def _locate_malformed(
    name: str, texts: Iterable[tuple[ConnectorTemplate, str]], context: ConnectorContext
) -> tuple[str, Place, str] | None:
    """Return the first text that only resembles a reference; `texts` are the templates, each with its lower case.

    Comments do not count.
    """
    written, references = context.platform.spell_name(name), context.platform.references
    pattern = re.compile(
        rf"\$?\bsecrets?\s?[^\w\s]{{1,3}}{re.escape(written)}(?:\b[^\w\s,}}]{{1,2}}|\b)"
        rf"|\$\{{\s*{re.escape(written)}\s*\}}",
        re.IGNORECASE,
    )
    # Searching for the name alone takes a hundredth of the time.
    for template in (template for template, text in texts if written.lower() in text):
        for match, place in _locate_texts(pattern.finditer(template.text), template, context):
            # In an expression, secrets have no dollar sign.
            spelling = references.secret if match[0].startswith("$") else references.call or references.secret
            return name, place, spelling.replace(_NAME, written)
    return None


def _find_openings(
    texts: Iterable[tuple[ConnectorTemplate, str]], context: ConnectorContext
) -> Iterator[tuple[str, Place, str]]:
    """Yield the texts that begin like a reference to a secret, each once: its name, its place, how to write it."""
    word = re.match(r"\W*\w+", context.platform.references.secret.partition(_NAME)[0])
    if word is None:
        return  # what begins with a bracket alone may be anything
    # Prose mentions the word alone, and in another case, it is a variable of a shell or a program.
    opening = re.escape(word[0])
    pattern = re.compile(rf"(?:{opening}\b(?!\s+\w)|(?i:{opening})\b(?=\s?[(\[{{<]\s?\w)){_ARGUMENT}")
    reported: set[str] = set()
    for template in (template for template, text in texts if word[0].lower() in text):
        for match, place in _locate_texts(pattern.finditer(template.text), template, context):
            if match[0] not in reported:
                reported.add(match[0])
                yield match["name"] or "", place, spell_secret(context.platform, match["name"] or _NO_NAME)


def _locate_texts(
    matches: Iterable[re.Match[str]], template: ConnectorTemplate, context: ConnectorContext
) -> Iterator[tuple[re.Match[str], Place]]:
    """Yield those matches in the values of a template that are no part of a reference, with their places."""
    lines = LineCounter(template.text)
    covered = sorted(reference.place[1:] for reference in template.references)
    values: list[Place] = []
    for match in matches:
        start = lines.locate(match.start())
        before = bisect_right(covered, start, key=lambda each: each[:2])
        if before and start < covered[before - 1][2:]:
            continue
        place = Place(template.place.path, *start, *lines.locate(match.end()))
        values = values or sorted(leaf.place for leaf in context.parse_template(template))
        if not values or is_inside_one(place, values):
            yield match, place
