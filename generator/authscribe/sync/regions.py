"""Find the regions between markers in comments that begin with `#`, and plan what they contain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.drift.first_change import FirstChange
from authscribe.findings.finding import DefinitionError, Edit, Finding, Place
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.catalogue import Catalogue
from authscribe.pages.regions import RegionContent, RegionRequest, plan_region, report_lone_marker
from authscribe.readers.pages.sections import MARKER, Marker, Region, pair_markers
from authscribe.sync.update import RegionEdit
from authscribe.targets.stubs import Stub, list_stubs

_MARKER: Final = re.compile(rf"(?P<indent>[ \t]*)#[ \t]*{MARKER}(?P<text>.*)")


class StubRegion(NamedTuple):
    """Region that shows what targets write about some methods, and the indentation of its first marker."""

    region: Region
    stubs: tuple[Stub, ...]
    indent: str

    @property
    def lines(self) -> range:
        """Return the numbers of the lines between the markers."""
        return range(self.region.start + 1, self.region.end + 1)


def find_regions(
    path: str, text: str, catalogue: Catalogue, hidden: Collection[int]
) -> tuple[list[StubRegion], list[Finding]]:
    """Return the regions of a text, and a finding for each mistake in its markers.

    Lines with `hidden` numbers, such as those of a text in quotes, are no comments.
    """
    lines = text.split("\n")
    markers = [*_list_markers(path, lines, hidden)]
    regions: list[StubRegion] = []
    findings: list[Finding] = []
    for item in pair_markers(markers):
        if isinstance(item, Marker):
            findings.append(report_lone_marker(item))
            continue
        stubs = plan_region(item.begin, catalogue, CONTENTS)
        if isinstance(stubs, Finding):
            findings.append(stubs)
        else:
            indent = lines[item.begin.place.line - 1][: item.begin.place.column - 1]
            regions.append(StubRegion(item, stubs, indent))
    return regions, findings


def _list_markers(path: str, lines: Sequence[str], hidden: Collection[int]) -> Iterator[Marker]:
    for number, line in enumerate(lines, 1):
        match = _MARKER.fullmatch(line)
        if match is not None and number not in hidden:
            place = Place(path, number, len(match["indent"]) + 1, number, len(line) + 1)
            yield Marker(match["text"].strip(), place)


def is_marker(line: str) -> bool:
    """Return whether a line has a marker."""
    return _MARKER.fullmatch(line) is not None


def renew_region(region: StubRegion, lines: Sequence[str], text: str) -> RegionEdit | None:
    """Return the edit that makes a region consist of these lines; None if it does. `text` is that of the file."""
    new = [f"{region.indent}{line}".rstrip() for line in lines]
    start, end = region.region.start, region.region.end
    if text.split("\n")[start:end] == new:
        return None
    place = Place(region.region.begin.place.path, start + 1, 1, end + 1, 1)
    name = " ".join(region.region.begin.text.split()[1:])
    edit = Edit(place, "".join(f"{line}\n" for line in new))
    return RegionEdit(edit, FirstChange(start + 1, name, "", "region"), len(new))


def _plan_scheme(request: RegionRequest) -> Iterator[Stub]:
    yield from list_stubs(request.catalogue, request.find_scheme(request.values["scheme"]))


def _plan_connector(request: RegionRequest) -> Iterator[Stub]:
    stubs = [*list_stubs(request.catalogue, request.find_connector(request.values["connector"]))]
    wanted = request.values.get("method")
    methods = [stub.method.id for stub in stubs]
    if wanted is not None and wanted not in methods:
        raise DefinitionError((report_unknown_reference("method", wanted, request.place, methods),))
    yield from (stub for stub in stubs if wanted in (None, stub.method.id))


CONTENTS: Final = {
    "scheme": RegionContent(
        summary="the settings of a scheme", subjects=(), required=("scheme",), optional=(), plan=_plan_scheme
    ),
    "connector": RegionContent(
        summary="the settings of a connector, of all its methods or of one",
        subjects=(),
        required=("connector",),
        optional=("method",),
        plan=_plan_connector,
    ),
}
"""Contents of regions by the names that markers use."""
