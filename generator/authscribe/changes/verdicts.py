"""Name the verdicts on changes, and the people whom a change can break."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """People whom a change can break."""

    OWNER = "owner"
    """Supplies secrets and parameters to a connector; what is configured now no longer works."""
    DEVELOPER = "developer"
    """Uses the generated classes, implements their protocols or writes templates; these no longer work."""


class Verdict(StrEnum):
    """Verdict on a change; the members are in order, the most serious first."""

    SECURITY_WEAKENED = "security-weakened"
    """Secrets are less protected than before; it may break something as well."""
    BREAKING = "breaking"
    """Owners or developers must act."""
    COMPATIBLE = "compatible"
    """Everything that works now keeps working."""
    DOCUMENTATION = "documentation"
    """Only texts for people change."""


class Semver(StrEnum):
    """Part of the version to increase, in the terms of Semantic Versioning 2.0.0."""

    MAJOR = "major"
    """Something breaks."""
    MINOR = "minor"
    """Something is new or different, and nothing breaks."""
    PATCH = "patch"
    """Only texts for people change."""
