"""Limit what the ways to authenticate of a foreign document have in common: each way repeats all of it."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.too_large import report_many_shared

WAY_LIMIT: Final = 20
"""Ways to authenticate of a foreign document that may have any number of settings in common."""

SHARED_LIMIT: Final = 5_000
"""Settings that more ways may have in common, multiplied by the number of the ways."""

EXCESS: Final = "the ways to authenticate have too much in common"
"""Reason why nothing of such a document is kept."""


def find_excess(place: Place, ways: int, shared: int) -> Finding | None:
    """Return a finding if so many ways to authenticate have too many settings, or the like, in common."""
    if ways <= WAY_LIMIT or ways * shared <= SHARED_LIMIT:
        return None
    return report_many_shared(place, ways=ways, shared=shared, limit=SHARED_LIMIT)
