"""Compare the authenticators that the reader of Airbyte's documents knows with the schema of airbyte-cdk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from authscribe.readers.foreign.airbyte.authenticators import AUTHENTICATORS

SCHEMA = "airbyte-cdk/airbyte_cdk/sources/declarative/declarative_component_schema.yaml"


def test_the_reader_knows_each_authenticator_of_the_schema(find_tool: Callable[[str], Path]) -> None:
    schema: dict[str, Any] = yaml.safe_load(find_tool(SCHEMA).read_text())
    choices = schema["definitions"]["HttpRequester"]["properties"]["authenticator"]["anyOf"]
    assert {choice["$ref"].rpartition("/")[2] for choice in choices} == set(AUTHENTICATORS)
