"""Report git repositories that cannot be read."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unreadable-repository",
    severity=Severity.ERROR,
    summary="git repository that cannot be read",
    why=(
        "authscribe reads revisions from the object store without running git, since the configuration of a "
        "repository can name programs. It refuses a repository in a format that it does not know, as git does."
    ),
    wrong=cleandoc("""
        $ git init --ref-format=reftable
        $ authscribe diff main
        """),
    right=cleandoc("""
        $ git init --ref-format=files
        $ authscribe diff main
        """),
)


def report_unsupported_format(shown: str, feature: str) -> Finding:
    """Report a format of repositories that authscribe does not know, by its version or extension."""
    return RULE.finding(
        Place(shown),
        f"the repository uses {feature}, which authscribe cannot read",
        "clone it into a repository without this feature",
    )


def report_damaged_repository(shown: str) -> Finding:
    """Report a repository whose configuration, references or objects are not those of a repository."""
    return RULE.finding(
        Place(shown), "the repository is damaged or incomplete", "run `git fsck` in it, or clone it anew"
    )
