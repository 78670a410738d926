"""List the registered ways in which OAuth clients authenticate themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STRENGTHS: Final[Mapping[object, int]] = {
    "none": 0, "client_secret_post": 1, "client_secret_basic": 2, "client_secret_jwt": 3, "private_key_jwt": 4,
    "self_signed_tls_client_auth": 4, "tls_client_auth": 4,
}  # fmt: skip
"""Methods of the IANA registry "OAuth Token Endpoint Authentication Methods" by strength (RFC 6749 section 2.3.1, RFC
9700 section 2.5)."""
