"""Test which texts count as values of secrets, and that no output repeats one."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import run, tree

from authscribe.readers.pasted_secrets import find_pasted_secrets, withhold_secrets
from authscribe.report.registry import REPORT_FORMATS

# Written in two parts, so that scanners do not take this file for a leak.
LONG = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ2bC4eF6hJ8"
KEY = f"{LONG}\n{LONG}\nQ0Q=\n"
VALUES = {
    "jwt": f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhY21lLXVzZXIifQ.{LONG}",
    "jwt with words": f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhY21lLXVzZXIifQ.{LONG}xXx-my-{LONG}",
    "github": "ghp_" + LONG,
    "github fine-grained": "github_pat_" + LONG,
    "gitlab": "glpat-" + LONG[:20],
    "slack": "xoxb-" + "123456789012-abcdefghijkl",
    "aws": "AKIA" + "QWERTYUIOPASDFGH",
    "google": "AIza" + LONG[:35],
    "stripe": "sk_" + "live_" + LONG[:12],
    "shopify": "shpat_" + "0123456789abcdef" * 2,
    "sendgrid": f"SG.{LONG[:22]}.{LONG}",
    "hugging face": "hf_" + LONG,
    "notion": "ntn_" + LONG + LONG[:8],
    "brevo": "xkeysib-" + "0123456789abcdef" * 4 + "-" + LONG[:16],
}
LOWER = "q7wz0p4lrtnk2vx9" * 2
GUID = "a1b2c3d4-1111-2222-3333-444455556666"
ADDRESSES = {
    "slack": ("https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/", LONG[:24]),
    "slack workflow": ("https://hooks.slack.com/workflows/T01ABCDEF/A02ABCDEF/123456789012/", LONG[:24]),
    "slack trigger": ("https://hooks.slack.com/triggers/T01ABCDEF/1234567890123/", LOWER),
    "discord": ("https://discord.com/api/v10/webhooks/123456789012345678/", LONG + LONG[:32]),
    "teams": (f"https://acme.webhook.office.com/webhookb2/{GUID}@{GUID}/IncomingWebhook/", "0123456789abcdef" * 2),
    "zapier": ("https://hooks.zapier.com/hooks/catch/1234567/", "ov3de5f"),
    "make": ("https://hook.eu1.make.com/", LOWER),
    "ifttt": ("https://maker.ifttt.com/trigger/rain/json/with/key/", LONG[:22]),
    "telegram": ("https://api.telegram.org/bot123456789:", "AA" + LONG[:33]),
    "google chat": ("https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=", LONG),
    "azure": ("https://acme.blob.core.windows.net/c/b?sv=2022-11-02&sig=", LONG + "aBcDeF%3D"),
    "logic apps": ("https://prod-1.westeurope.logic.azure.com/workflows/a?sv=1.0&sig=", LONG + "aBcDeFg"),
    "s3": ("https://acme.s3.amazonaws.com/a?X-Amz-Expires=9&X-Amz-Signature=", "0123456789abcdef" * 4),
    "google storage": ("https://storage.googleapis.com/a/b?X-Goog-Signature=", "0123456789abcdef" * 16),
    "cloudfront": ("https://d1.cloudfront.net/a?Expires=1&Signature=", LONG + "~-aB3d&Key-Pair-Id=K2"),
}
"""Addresses before and with what nobody can guess."""
NEAR_MISSES = (
    "ghp_", "ghp_****", "ghp_" + "x" * 36, "AKIAIOSFODNN7EXAMPLE", "AKIAXXXXXXXXXXXXXXXX", "AKIA" + "q" * 16,
    "^ghp_[A-Za-z0-9]{36}$", "sk_" + "test_" + LONG, "sk_" + "live_xxxx" + LONG, "aghp_" + LONG, "eyJhbGciOiJ.eyJ.x",
    "https://user:password@acme.example", "https://u:${Password1}@acme.example", "https://a.example:8443/B@c",
    "postgres://u:MyPassword123@db", "postgres://u:localtest1234@db", '{"a":"http://h:80","ownEmail":"joe1@a.example"}',
    "-----BEGIN PRIVATE KEY----- and everything up to -----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\\n-----END PRIVATE KEY-----",
    "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24, "https://hooks.slack.com/services/T0/B0/TOKEN",
    "https://hooks.zapier.com/hooks/catch/123456/abcdef/", "https://discord.com/api/webhooks/{id}/{token}",
    "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/getMe", "https://a.example/hooks/0123456789",
    "https://api.github.com/repos/o/r/hooks/12345678/deliveries", "https://a.example/?sig=abc&sigma=1",
    "https://a.example/webhooks/1234567890123456/deliveries", "https://discord.com/api/webhooks/1234567890123456/github",
    "https://hook.eu1.make.com/settings", "https://hooks.slack.com/workflows/T01ABCDEF/A02ABCDEF/documentation",
    "-----BEGIN PUBLIC KEY-----\n" + KEY + "-----END PUBLIC KEY-----",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_is_found_and_withheld(value: str) -> None:
    text = f"first line\n  example: '{value}', and more"
    (finding,) = find_pasted_secrets("p", text)
    place = finding.place
    assert text.split("\n")[place.line - 1][place.column - 1 : place.end_column - 1] == value
    assert withhold_secrets(text) == text.replace(value, "x" * len(value))


@pytest.mark.parametrize("slash", ["/", "\\/"], ids=["plain", "as in JSON"])
@pytest.mark.parametrize(("before", "value"), ADDRESSES.values(), ids=ADDRESSES)
def test_what_opens_an_address_is_withheld(before: str, value: str, slash: str) -> None:
    text = f"see {before}{value} and more".replace("/", slash)
    secret = value.partition("&")[0]
    assert withhold_secrets(text) == text.replace(secret, "x" * len(secret))
    assert len(find_pasted_secrets("p", text)) == 1


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_value_is_kept(text: str) -> None:
    assert find_pasted_secrets("p", text) == ()
    assert withhold_secrets(text) == text


@pytest.mark.parametrize("newline", ["\n", "\\n"], ids=["as lines", "in a string"])
@pytest.mark.parametrize("end", ["-----END RSA PRIVATE KEY-----", ""], ids=["with an end", "without an end"])
def test_a_private_key_is_withheld_up_to_its_end(newline: str, end: str) -> None:
    body = KEY.replace("\n", newline)
    text = f'key: "-----BEGIN RSA PRIVATE KEY-----{newline}{body}{end}"\nname: the key'
    withheld = withhold_secrets(text)
    assert len(find_pasted_secrets("p", text)) == 1
    assert withheld.count("\n") == text.count("\n")
    assert len(withheld) == len(text)
    assert withheld.endswith('"\nname: the key')
    assert LONG not in withheld


@pytest.mark.parametrize("password", ["q7Wz0p4L" + "rTn", LOWER, VALUES["slack"]], ids=["chosen", "random", "token"])
@pytest.mark.parametrize("slash", ["/", "\\/"], ids=["plain", "as in JSON"])
def test_a_password_in_an_address_is_withheld(password: str, slash: str) -> None:
    text = f"url: https://joe:{password}@acme.example/v1".replace("/", slash)
    (finding,) = find_pasted_secrets("p", text)
    assert finding.place.column == text.index(password) + 1
    assert withhold_secrets(text) == text.replace(password, "x" * len(password))


@given(
    st.lists(st.sampled_from(sorted(VALUES.values())), min_size=1, max_size=4),
    st.text(alphabet=string.printable + "é", max_size=40),
)
def test_only_the_values_change(values: list[str], between: str) -> None:
    separator = f" {between} "
    text = separator.join(("", *values, ""))
    withheld = withhold_secrets(text)
    assert len(withheld) == len(text)
    assert withheld.count("\n") == text.count("\n")
    assert all(value not in withheld for value in values)
    assert withhold_secrets(withheld) == withheld
    assert all(old in (new, old) and new in (old, "x") for old, new in zip(text, withheld, strict=True))


@pytest.mark.parametrize("report_format", REPORT_FORMATS)
def test_no_report_and_no_output_repeats_a_value(report_format: str, tmp_path: Path) -> None:
    value = VALUES["github"]
    scheme = {"id": "a", "summary": value, "required": [{"name": "k", "example": value, "default": value}]}
    (tmp_path / "s.json").write_text(json.dumps({"schemes": [{**scheme, "injected": [{"name": "k"}]}]}))
    outcomes = [
        run(*command, "--source", "s.json", *more, cwd=tmp_path)
        for command, more in (
            (("lint",), ("--output-format", report_format)),
            (("generate",), ("--out-dir", "out", "--output-format", report_format)),
            (("show", "a"), ()),
        )
    ]
    assert all(value not in outcome.stdout + outcome.stderr for outcome in outcomes)
    assert "x" * len(value) in outcomes[2].stdout
    written = {path: content for path, content in tree(tmp_path).items() if path != "s.json"}
    assert written
    assert all(value.encode() not in content for content in written.values())
