"""What models and configuration have in common: their base, their texts, and what both can suppress.

Apart from the models, so that a run that needs the configuration alone does without them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

TEXT_LIMIT: Final = 20_000
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen, closed, and silent about the values it refuses."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, protected_namespaces=()
    )


class Suppression(Model):
    """Findings that somebody has judged: they are not reported until a day."""

    rule: Text = Field(description="the code of the rule")
    reason: Text = Field(min_length=1, description="why the finding is no mistake")
    until: date | None = Field(default=None, description="the last day, such as 2027-06-30")
