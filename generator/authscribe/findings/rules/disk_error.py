"""Report outputs that the operating system refuses to write or read."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="disk-error",
    severity=Severity.ERROR,
    summary="output that cannot be written or read",
    why=(
        "The operating system refused to write or read an output. Each output is either unchanged or complete, never "
        "partly written, and the next run finishes the work."
    ),
    wrong=cleandoc("""
        $ ls -ld output
        dr-xr-xr-x 9 build build 4096 output
        """),
    right=cleandoc("""
        $ ls -ld output
        drwxr-xr-x 9 build build 4096 output
        """),
)


def report_disk_error(path: str, reason: str, participle: str) -> Finding:
    """Report that an output cannot be `participle`, `written` or `read`; nothing is partly written."""
    return RULE.finding(
        Place(path),
        f"the output cannot be {participle}: {reason}",
        "free disk space or correct the permissions, and repeat the command",
    )
