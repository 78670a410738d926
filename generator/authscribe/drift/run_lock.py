"""Keep two runs out of one folder at the same time."""

from __future__ import annotations

import fcntl
from pathlib import Path

from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.busy import report_busy


def lock_folder(descriptor: int, folder: Path) -> None:
    """Lock a folder until the process ends, however it ends; raise DefinitionError if another run has locked it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DefinitionError((report_busy(str(folder)),)) from None
