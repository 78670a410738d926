"""Keep environment templates, such as `.env.example`, up to date by the names of their variables.

The grammar is that of python-dotenv, which the generated classes use. Values that people wrote never change.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.build.formatting import format_file
from authscribe.build.templates import render_file
from authscribe.drift.first_change import FirstChange
from authscribe.edits.lines import insert_lines
from authscribe.encoders.comments import encode_dotenv_comment
from authscribe.encoders.dotenv import encode_dotenv_value
from authscribe.encoders.language import Language
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.model.draft import Entry, MapNode, Node, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.model.stand_ins import is_dummy
from authscribe.readers.syntax.dotenv import QUOTES, parse_dotenv
from authscribe.sync.connectors import Connectors, Key, Share, take_inventory
from authscribe.sync.context import Context
from authscribe.sync.given_values import check_literal
from authscribe.sync.placing import Group, group_missing
from authscribe.sync.regions import find_regions, is_marker, renew_region
from authscribe.sync.update import Amendment, Format, Plan, RegionEdit
from authscribe.targets.dotenv import EXAMPLE, EXAMPLE_TEMPLATE, Variable, build_environment_file
from authscribe.targets.plan import DOTENV, PLACEHOLDER, PlannedFile
from authscribe.targets.stubs import Stub

_DISABLED: Final = re.compile(
    r"[^\S\n]*#[#\s]*(?:export\s+)?(?P<name>[A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?P<value>\S.*?|)[^\S\n]*"
)
"""Comment that somebody makes an assignment by removing the mark."""


class _Disabled(NamedTuple):
    """Variable in a comment, and the number of its line."""

    name: str
    value: str
    line: int


def plan_dotenv(path: str, text: str, node: Node, context: Context) -> Plan:
    """Plan the variables that a template lacks, and the contents of its regions."""
    return _Planner(path, text, node, context).plan()


class _Planner:
    """Planner for one file; `lines` are those of its text, counted from 0."""

    def __init__(self, path: str, text: str, node: Node, context: Context) -> None:
        self.path, self.text, self.context = path, text, context
        self.lines = text.split("\n")
        entries = node.entries if isinstance(node, MapNode) else ()
        hidden = {line for entry in entries for line in range(entry.place.line, entry.node.place.end_line + 1)}
        self.regions, self.mistakes = find_regions(path, text, context.connectors.catalogue, hidden)
        inside = {line for region in self.regions for line in region.lines}
        self.entries = tuple(entry for entry in entries if entry.place.line not in inside)
        self.disabled = tuple(each for each in _list_disabled(self.lines, hidden) if each.line not in inside)
        self.is_tight = any(_is_tight(entry, self.lines) for entry in self.entries)

    def plan(self) -> Plan:
        connectors = self.context.connectors
        keys = [Key(NameKind.ENV, entry.key, entry.place) for entry in self.entries]
        inventory = take_inventory(connectors, keys, _list_variables)
        findings = [*self.mistakes, *self._find_duplicates(connectors)]
        amendments = () if findings else tuple(self._add_missing(inventory.shares))
        remarks = (*inventory.remarks, *self._check_values(connectors))
        return Plan(amendments, tuple(self._renew_regions()), tuple(findings), remarks)

    def _find_duplicates(self, connectors: Connectors) -> Iterator[Finding]:
        """Yield a finding for each setting of a connector that occurs again; a region counts as its marker."""
        first = {
            variable: region.region.begin.place
            for region in self.regions
            for stub in region.stubs
            for variable in _list_variables(stub, ())
        }
        for entry in self.entries:
            owned = connectors.identify(NameKind.ENV, entry.key)
            if owned is None:
                continue
            if owned.variable in first:
                yield report_duplicate_key(entry.key, entry.place, first[owned.variable])
            first.setdefault(owned.variable, entry.place)

    def _check_values(self, connectors: Connectors) -> Iterator[Finding]:
        """Yield a finding for each value that the template must not have; a text in place of one is none."""
        for entry in self.entries:
            owned, value = connectors.identify(NameKind.ENV, entry.key), _get_value(entry)
            setting = connectors.find_setting(owned) if owned is not None else None
            if owned is not None and setting is not None and value != "" and not is_dummy(value):
                yield from check_literal(entry.key, value, entry.node.place, setting, owned.connector.id)

    def _renew_regions(self) -> Iterator[RegionEdit]:
        for region in self.regions:
            texts = (self._render(stub) for stub in region.stubs)
            edit = renew_region(region, "\n\n".join(texts).split("\n"), self.text)
            if edit is not None:
                yield edit

    def _render(self, stub: Stub) -> str:
        view = build_environment_file(stub)._replace(is_scaffolded=True)
        planned = PlannedFile(EXAMPLE, DOTENV, Language.DOTENV, view, EXAMPLE_TEMPLATE)
        file = format_file(render_file(planned, self.context.templates))
        return file.content.data.decode().strip("\n")

    def _add_missing(self, shares: Iterable[Share[Variable]]) -> Iterator[Amendment]:
        owned = {variable for region in self.regions for stub in region.stubs for variable in _list_variables(stub, ())}
        for share in shares:
            present = self._locate(share)
            optional = {each.name for each in self.disabled if not self._is_needed(each.name, share)}
            missing = share.entries.keys() - present.keys() - owned - optional
            for group in group_missing([*share.entries], present, missing):
                yield self._add_group(group, present[group.anchor], share)

    def _locate(self, share: Share[Variable]) -> Mapping[str, Entry]:
        """Return the entries of a share that are there, by their variables."""
        found = ((self.context.connectors.identify(NameKind.ENV, entry.key), entry) for entry in self.entries)
        return {
            owned.variable: entry for owned, entry in found if owned is not None and owned.connector is share.connector
        }

    def _is_needed(self, name: str, share: Share[Variable]) -> bool:
        return name in share.entries and share.entries[name].is_needed

    def _add_group(self, group: Group, anchor: Entry, share: Share[Variable]) -> Amendment:
        variables = [share.entries[name] for name in group.names]
        style = _Style.from_entry(anchor, self.lines, is_tight=self.is_tight)
        is_after = group.is_after or style.has_comment or style.is_spaced
        line = anchor.node.place.end_line if is_after else anchor.place.line - 1
        new = [each for variable in variables for each in style.write(variable, is_after=is_after)]
        return Amendment(
            edit=insert_lines(self.path, self.lines, line, new),
            change=FirstChange(line, "", variables[0].name, "entry"),
            values={variable.name: style.write_value(variable) for variable in variables},
        )


class _Style(NamedTuple):
    """Style of an assignment: the texts around its name, its quotes, whether a comment is above, and empty lines."""

    before: str
    equals: str
    quote: str
    has_comment: bool
    is_spaced: bool

    @classmethod
    def from_entry(cls, entry: Entry, lines: Sequence[str], *, is_tight: bool) -> _Style:
        """Return the style of an entry of a file with these lines, which has no empty lines if it `is_tight`."""
        place, value = entry.place, entry.node.place
        line = lines[place.line - 1]
        raw = get_text(entry.node) or ""
        equals = line[place.end_column - 1 : value.column - 1] if value.column > place.end_column else "="
        top = _count_lines_above(entry, lines)
        below = lines[value.end_line : value.end_line + 1]
        return cls(
            before=line[: place.column - 1].removesuffix("'"),
            equals=equals.removeprefix("'"),
            quote=raw[:1] if raw[:1] in ("'", '"') else "",
            has_comment=top < place.line - 1,
            is_spaced=not is_tight and top > 0 and not any(line.strip() for line in (lines[top - 1], *(below or "x"))),
        )

    def write(self, variable: Variable, *, is_after: bool) -> Iterator[str]:
        """Yield the lines of a new variable."""
        if self.is_spaced and is_after and self.has_comment:
            yield ""
        if self.has_comment and variable.comment:
            yield from encode_dotenv_comment(variable.comment).split("\n")
        yield f"{self.before}{variable.name}{self.equals}{self.write_value(variable)}"

    def write_value(self, variable: Variable) -> str:
        """Return a value in the quotes of the file, unless it needs others."""
        value = encode_dotenv_value(variable.value) if variable.value else ""
        return f"{self.quote}{value}{self.quote}" if value[:1] not in ("'", '"') else value


def _is_tight(entry: Entry, lines: Sequence[str]) -> bool:
    """Return whether an entry with a comment follows another one without an empty line."""
    top = _count_lines_above(entry, lines)
    return 0 < top < entry.place.line - 1 and bool(lines[top - 1].strip()) and not is_marker(lines[top - 1])


def _count_lines_above(entry: Entry, lines: Sequence[str]) -> int:
    """Return the number of lines above an entry and its comment."""
    top = entry.place.line - 1
    while top and _is_comment(lines[top - 1]):
        top -= 1
    return top


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and _DISABLED.fullmatch(line) is None and not is_marker(line)


def _list_disabled(lines: Iterable[str], hidden: Container[int]) -> Iterator[_Disabled]:
    for number, line in enumerate(lines, 1):
        match = _DISABLED.fullmatch(line) if "#" in line and number not in hidden else None
        if match is not None:
            yield _Disabled(match["name"], match["value"], number)


def _list_variables(stub: Stub, _: Collection[str]) -> dict[str, Variable]:
    """Return the variables of an environment file, by their names."""
    return {each.name: each for section in build_environment_file(stub).sections for each in section.variables}


def _get_value(entry: Entry) -> str:
    """Return the value of an assignment without its quotation marks."""
    return (get_text(entry.node) or "").strip(QUOTES)


def find_dotenv_values(text: str, node: Node, context: Context) -> Iterator[Place]:
    """Yield the place of each value, unless it is empty or a placeholder, or its variable is known not to be secret."""
    for entry in node.entries if isinstance(node, MapNode) else ():
        value = _get_value(entry)
        if value not in ("", PLACEHOLDER) and not _is_public(entry.key, context.connectors):
            yield entry.node.place
    path = node.place.path
    for number, line in enumerate(text.split("\n"), 1):
        match = _DISABLED.fullmatch(line) if "=" in line else None
        if match is not None and match["value"]:
            yield Place(path, number, match.start("value") + 1, number, match.end("value") + 1)


def _is_public(name: str, connectors: Connectors) -> bool:
    owned = connectors.identify(NameKind.ENV, name)
    found = connectors.find_setting(owned) if owned is not None else None
    return found is not None and not found.field.is_secret


DOTENV_FORMAT: Final = Format(parse_dotenv, plan_dotenv, find_dotenv_values)
"""Environment templates."""
