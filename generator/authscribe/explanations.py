"""What `authscribe explain` prints: a rule as a page."""

from __future__ import annotations

import textwrap

from authscribe.rules import RULES


def explain(code: str) -> str:
    """The page of a rule; raises KeyError for a code that is none."""
    rule = RULES[code]
    parts = (
        f"{code} ({rule.severity.value})\n\n{rule.summary}\n",
        textwrap.fill(rule.why, 88) + "\n",
        "wrong:\n\n" + textwrap.indent(rule.wrong, "    ") + "\n",
        "right:\n\n" + textwrap.indent(rule.right, "    ") + "\n",
    )
    return "\n".join(parts)
