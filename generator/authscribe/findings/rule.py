"""A rule: one kind of finding, with everything that reports and the manual say about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from authscribe.findings.finding import Finding, Label, Place, Severity


class Rule(NamedTuple):
    """One kind of finding.

    `summary` completes a row of a table, `why` is a paragraph, `wrong` and `right` are excerpts of the same input
    before and after the repair.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    wrong: str
    right: str

    def finding(
        self,
        place: Place,
        message: str,
        help: str,  # noqa: A002 - the field's name in reports
        *,
        labels: Sequence[Label] = (),
        scheme: str | None = None,
        connector: str | None = None,
        name: str | None = None,
    ) -> Finding:
        """Return a finding of this rule; `help` is an imperative that works when followed."""
        return Finding(
            code=self.code,
            severity=self.severity,
            message=message,
            place=place,
            help=help,
            labels=tuple(labels),
            scheme=scheme,
            connector=connector,
            name=name,
        )

    def explain(self) -> str:
        """Return the page that `authscribe explain` prints."""
        import textwrap

        parts = (
            f"{self.code} ({self.severity.value}): {self.summary}\n",
            textwrap.fill(self.why, 88) + "\n",
            "wrong:\n" + textwrap.indent(self.wrong, "    ") + "\n",
            "right:\n" + textwrap.indent(self.right, "    ") + "\n",
        )
        return "\n".join(parts)
