"""Names that the reader of OpenAPI and the target `openapi` share."""

from typing import Final

ORIGIN: Final = "base_url"
"""Variable for the origin of a document that does not state its own address."""

VALUE: Final = "x-value"
"""Extension of a security scheme with the template of a value that is sent with other text."""
