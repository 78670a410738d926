"""Define what a rule is: one kind of finding, with its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from authscribe.findings.finding import Finding, Label, Place, Severity


class Rule(NamedTuple):
    """One kind of finding, as reports, `authscribe explain` and the manual describe it.

    `summary` is a noun phrase, `why` a paragraph; `wrong` and `right` are excerpts of the same input before and after
    the repair. Codes and severities are stable: suppressions and baselines refer to them.
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
        """Return a finding of this rule.

        `message` states the fact with the names in quotes; `help` is an imperative that works when followed. Neither
        starts with a capital letter or ends with a period, and neither repeats the value of a secret.
        """
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
