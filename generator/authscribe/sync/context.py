"""Context of a run of `sync`: the connectors, and how files are rendered."""

from __future__ import annotations

from typing import NamedTuple

from authscribe.build.templates import Templates
from authscribe.sync.connectors import Connectors


class Context(NamedTuple):
    """Connectors that files can be about, and the templates of the targets."""

    connectors: Connectors
    templates: Templates
