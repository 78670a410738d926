"""What the catalogue target is planned from: the connectors that a run is about, and what the run leaves undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from authscribe import survey
from authscribe.connectors.trees import Folder
from authscribe.drift import Drift
from authscribe.files import PlannedFile
from authscribe.finding import Finding
from authscribe.report.progress import tracked
from authscribe.resolve import Resolution
from authscribe.survey import Survey
from authscribe.targets import catalogue
from authscribe.whereabouts import Whereabouts
from authscribe.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about the connectors of a run, but what it leaves undone."""

    resolution: Resolution
    seen: Survey
    whereabouts: Whereabouts
    scaffolds: Sequence[Finding]

    def plan(self, left: Iterable[Drift], subjects: Mapping[str, str | None]) -> Iterator[PlannedFile]:
        """The files of the catalogue target; `subjects` says whom each output of the other targets is about."""
        standings = survey.standings(
            self.seen,
            self.resolution,
            self.whereabouts,
            drifts=left,
            subjects=subjects,
            scaffolds=self.scaffolds,
        )
        return catalogue.plan(self.resolution.catalogue, standings)


def of(
    folders: Sequence[Folder],
    found: Workspace,
    *,
    sources: Resolution,
    resolution: Resolution,
    scaffolds: Sequence[Finding] = (),
) -> Overview:
    """Reads and judges the connectors in the folders; `scaffolds` is what is said of their scaffolded files."""
    return Overview(
        resolution=resolution,
        seen=survey.survey(tracked(folders, "reading connectors", len(folders)), sources, resolution, found),
        whereabouts=Whereabouts.of(found, folders, catalogue.FOLDER),
        scaffolds=scaffolds,
    )
