"""Report output paths that are not safe to write."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="refused-path",
    severity=Severity.ERROR,
    summary="unsafe output path",
    why=(
        "authscribe owns the whole output folder and deletes files in it with `--prune`. It therefore refuses a "
        "folder that holds other things, and a symbolic link or device in the place of a file."
    ),
    wrong="authscribe generate --source page.rst --out-dir .",
    right="authscribe generate --source page.rst --out-dir out",
)


def report_refused_path(path: str, problem: str) -> Finding:
    """Report an output path that is not safe to write; `problem` is a clause such as `it is not a folder`."""
    return RULE.finding(
        Place(path),
        f"unsafe output path: {problem}",
        "choose an output folder that holds only generated files",
    )
