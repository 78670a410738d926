"""Options of the command line that the stages of a run need."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class GenerateRequest(NamedTuple):
    """Definitions and targets to generate or check, and what may be done to the disk.

    `arguments` are the options that the printed repair command repeats.
    """

    names: tuple[str, ...]
    targets: tuple[str, ...]
    dry_run: bool = False
    show_diff: bool = False
    force: bool = False
    prune: bool = False
    connectors: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether the run is about all definitions and nothing else."""
        return not (self.names or self.targets or self.connectors)


class Options(NamedTuple):
    """Options on definitions; each takes precedence over the configuration."""

    config: Path | None = None
    sources: tuple[str, ...] = ()
    out_dir: str | None = None
    platform: str | None = None
    source_format: str | None = None
    keep_going: bool = False
    jobs: int = 1
    cache: Path | None = None
