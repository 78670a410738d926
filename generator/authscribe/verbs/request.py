"""What `generate` and `check` are asked for."""

from __future__ import annotations

from typing import NamedTuple


class Request(NamedTuple):
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
