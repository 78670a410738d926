"""Test what a name tells about a credential, and how much."""

from __future__ import annotations

import pytest

from authscribe.model.credential_names import (
    ends_as_credential,
    is_clear_credential,
    is_live_credential,
    is_secret_name,
    may_be_credential,
    may_be_live_credential,
    may_have_clear_credential,
    names_credential,
)

S, E, N, C = is_secret_name, ends_as_credential, names_credential, is_clear_credential
ALL = {S, E, N, C}
NAMES = {
    "client_secret": ALL,
    "apiKey": ALL,
    "X-Api-Key": ALL,
    "Ocp-Apim-Subscription-Key": ALL,
    "accesstoken": ALL,
    "USERPASSWORD": ALL,
    "refresh_token": ALL,
    "page_access_token": ALL,
    "credentials": {S, E, N},
    "passphrase": {S, E, N},
    "pin": {S, E, N},
    "contraseña": {S, E, N},
    "passord": {S, E, N},
    "senhaUsuario": {S, N},
    "private_key": {S, E, N},
    "appkey": {S, E, N},
    "servicekey": {S, E, N},
    "wskey": {S, E, N},
    "X-Vendor-SDKKEY": {S, E, N},
    "license_privatekey": {S, E, N},
    "tokens": {S, E, N},
    "Authorization": {C},
    "Proxy-Authorization": {C},
    "authorization_url": set(),
    "TOKEN_URL": {S, N},
    "token_value": {S, N},
    "token_type": {S},
    "token_expires_at": {S},
    "cursorToken": {S, E},
    "X-Page-Token": {S, E},
    "X-CSRF-Token": {S, E},
    "Idempotency-Key": {S, E},
    "max_tokens": {S, E},
    "max_output_tokens": {S, E},
    "token_lifetime_seconds": {S},
    "sort_key": {S, E},
    "X-Atlassian-Token": {S, E, N},
    "monkey": set(),
    "hotkey": set(),
    "sortkey": set(),
    "spinning": set(),
    "path": set(),
    "client_id": set(),
    "": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_tells_a_credential_in_degrees(name: str) -> None:
    assert {tell for tell in ALL if tell(name)} == NAMES[name]


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "X-Authorization",
        "Cookie",
        "api_key",
        "page_access_token",
        "userpasswd",
        "pass",
        "secret_value",
    ],
)
def test_a_literal_below_such_a_name_may_be_a_credential(name: str) -> None:
    assert may_be_credential(name, "alive")


# SAP answers `X-CSRF-Token: Fetch` with a token.
@pytest.mark.parametrize(
    "name",
    ["Idempotency-Key", "X-CSRF-Token", "page_token", "partition_key", "max_tokens", "boarding_pass", "key_value"],
)
def test_a_literal_below_another_name_is_none(name: str) -> None:
    assert not may_be_credential(name, "Fetch")


@pytest.mark.parametrize(
    "literal", ["", "true", "1.5", " " * 100_000, "arn:aws:iam::1:role/a", "Bearer", "basic ", "OAuth2.0", "1234567"]
)
def test_a_filler_is_no_credential(literal: str) -> None:
    assert not may_be_credential("api_key", literal)
    assert may_be_credential("api_key", f"{literal}x y")


def test_a_long_number_may_be_a_credential() -> None:
    assert may_be_credential("pin", "12345678")


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("api_key", "Zq07/Kx+wV un&recognisable"),
        ("api_key", "0a1b2c3d4e5f"),
        ("password", "swordfish"),
        ("private_key", "MIIEvQ+IBADA"),
        ("client_secret", "correct-horse-battery-staple"),
        ("client_secret", "/Kx+wV0qZp9Tb"),
        ("client_secret", "/Kx0wV1qZp9Tb"),
    ],
)
def test_a_credential_may_be_live(name: str, literal: str) -> None:
    assert may_be_live_credential(name, literal)


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("api_key", ""),
        ("api_key", "12345"),
        ("password", "x"),
        ("password", "none"),
        ("token", "data.access_token"),
        ("api_key", "YOUR_API_KEY"),
        ("api_key", "your-key-2"),
        ("api_key", "<api key 1>"),
        ("api_key", "sk-..."),
        ("api_key", "k1-xxxxxxxx"),
        ("api_key", "${API_KEY_1}"),
        ("api_key", "$API_KEY_1"),
        ("access_token", "$credentials.oauth2.access_token"),
        ("access_token", "$(TOKEN)"),
        ("access_token", "%(token)s"),
        ("api_key", ":apiKey"),
        ("api_key", "[API key]"),
        ("api_key", "{{ config['key1'] }}"),
        ("access_token", "https://example.com/oauth2/token"),
        ("access_token", "#/definitions/authenticator2"),
        ("token", "@connectionParameters('shop2')"),
        ("private_key", "~/.ssh/id_ed25519"),
        ("api_key", "/run/secrets/api_key_2"),
        ("password", "/run/secrets/DB_PASSWORD"),
        ("private_key", "/etc/Keys/Client1"),
        ("access_token", "/data/accessToken"),
        ("client_secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("client_secrets", "client_secrets.json"),
        ("primary_key", "ferry_id"),
        ("sort_key", "Zq07/Kx+wV"),
        ("region", "Zq07/Kx+wV"),
    ],
)
def test_a_dummy_a_reference_or_a_name_is_not_live(name: str, literal: str) -> None:
    assert not may_be_live_credential(name, literal)


@pytest.mark.parametrize(
    "literal",
    [
        "0a1b2c3d4e5f", "Bearer 0a1b2c3d4e5f", "correct-horse-1", "test_4eC39HqLyjWDarjtT1zdp7dc", "dev-9f86d081884c7d65",
        "secret.7Kx2wV0qZp", "s3cr3t-0a1b2c3d",
    ],
)  # fmt: skip
def test_a_long_word_with_a_digit_is_live(literal: str) -> None:
    assert is_live_credential("token", literal)


@pytest.mark.parametrize(
    "literal",
    ["swordfish", "hunter2", "string", "nvarchar(255)", "_S.token_2", "correct-horse-battery", "ask Joe on floor 3"],
)
def test_a_short_word_a_type_or_prose_is_not_certainly_live(literal: str) -> None:
    assert not is_live_credential("token", literal)


@pytest.mark.parametrize(
    "literal",
    [
        "localdevpassword123", "LocalDevPassword123!", "postgres_dev_2024", "test-api-key-12345", "my.client.secret.1",
        "0123456789abcdef", "key-1234567890", "development2-only",
    ],
)  # fmt: skip
def test_a_value_for_development_is_not_live(literal: str) -> None:
    assert not is_live_credential("client_secret", literal)


@pytest.mark.parametrize("name", [name for name, degrees in NAMES.items() if C in degrees])
@pytest.mark.parametrize("text", ['{{"{}": 1}}', "{} : 1", "'{}': 1"])
def test_a_text_with_a_clear_credential_is_read(name: str, text: str) -> None:
    assert may_have_clear_credential(text.format(name))


@pytest.mark.parametrize("text", ['{"sort_key": 1}', '{"a": "token"}', "token", "token" * 100_000])
def test_a_text_without_one_is_not(text: str) -> None:
    assert not may_have_clear_credential(text)
