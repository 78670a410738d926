"""The shape of an explanation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """The long text of a rule."""

    why: str
    wrong: str
    right: str
