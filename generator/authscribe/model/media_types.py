"""Media types of request bodies (RFC 9110 section 8.3)."""

from __future__ import annotations

from typing import Final

FORM_TYPE: Final = "application/x-www-form-urlencoded"
"""URL-encoded parameters."""
