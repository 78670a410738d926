"""What `generate` and `check` are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class GenerateRequest(NamedTuple):
    """What is to be generated or checked, and what may be done to the disk."""

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
        """Whether it is about the definitions and nothing else, and about all of them."""
        return not (self.names or self.targets or self.connectors)


class Options(NamedTuple):
    """What the command line states; each part stands before the configuration."""

    config: Path | None = None
    sources: tuple[str, ...] = ()
    out_dir: str | None = None
    platform: str | None = None
    source_format: str | None = None
    keep_going: bool = False
    jobs: int = 1
    cache: Path | None = None
