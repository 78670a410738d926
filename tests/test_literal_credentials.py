"""Test what counts as a credential that a document of another system states itself."""

from __future__ import annotations

import pytest

from authscribe.readers.foreign.literal_credentials import holds_credential


@pytest.mark.parametrize(
    "address",
    [
        "https://keeper:alive@example.com",
        "postgres://alive@example.com/ferry",
        "https://{keeper}:alive@example.com",
        "redis://:alive@example.com",
        "https://example.com?key=alive",
        "https://example.com/a?page=1&client_secret=alive",
        "?token=alive",
    ],
)
def test_an_address_may_hold_a_credential(address: str) -> None:
    assert holds_credential(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/@ferry",
        "mailto:keeper@example.com",
        "https://{keeper}:{password}@example.com",
        "https://${keeper}:{{ password }}@example.com",
        "https://example.com?key={key}&email=keeper@example.com",
        "https://example.com?key=&token=true&api_key=12",
        "{" * 100_000,
        "{{a" * 100_000,
        "://" * 100_000,
        "?" + "&" * 100_000,
    ],
)
def test_an_address_with_references_and_other_values_holds_none(address: str) -> None:
    assert not holds_credential(address)
