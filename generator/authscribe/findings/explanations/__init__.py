"""What `authscribe explain` prints: for each rule why it is one, and an example of wrong and right."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Final

from authscribe.findings.explanations import connectors, definitions
from authscribe.findings.explanations.page import Page
from authscribe.findings.rules import RULES

PAGES: Final[Mapping[str, Page]] = {**definitions.PAGES, **connectors.PAGES}


def explain(code: str) -> str:
    """The page of a rule; raises KeyError for a code that is none."""
    rule, page = RULES[code], PAGES[code]
    parts = (
        f"{code} ({rule.severity.value}): {rule.summary}\n",
        textwrap.fill(page.why, 88) + "\n",
        "wrong:\n" + textwrap.indent(page.wrong, "    ") + "\n",
        "right:\n" + textwrap.indent(page.right, "    ") + "\n",
    )
    return "\n".join(parts)
