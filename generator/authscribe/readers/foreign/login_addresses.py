"""Tell by its address whether a request is a login: one that exchanges credentials for what other requests need."""

from __future__ import annotations

import re
from typing import Final

_LOGIN: Final = re.compile(
    r".*/(?:auth|authn|authenticate|authorize|log[-_]?[io]n|oauth2?|sessions?|sign[-_]?in|tokens?)/?", re.IGNORECASE
)


def is_login_address(address: str) -> bool:
    """Return whether an address, or a path, is that of a login; it has no query."""
    return _LOGIN.fullmatch(address) is not None
