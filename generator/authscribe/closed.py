"""What all models have in common: their base, and their texts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from authscribe.forms import CLOSED, TEXT_LIMIT

Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen, closed, and silent about the values it refuses."""

    model_config = ConfigDict({**CLOSED, "frozen": True, "protected_namespaces": ()})
