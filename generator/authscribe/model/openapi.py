"""Names that the reader of OpenAPI and the target `openapi` share."""

from typing import Final

ORIGIN: Final = "base_url"
"""Variable for the origin of a document that does not state its own address."""

VALUE: Final = "x-value"
"""Extension of a security scheme with the template of a value that is sent with other text."""

PKCE: Final = "x-usePkce"
"""Extension of a flow with a code that tells whether PKCE is used."""

SENT_KEY: Final = "x-tokenName"
"""Extension of an OAuth scheme with the key of the token response whose value is sent."""

CLIENT_AUTHENTICATION: Final = "x-speakeasy-token-endpoint-authentication"
"""Extension of a flow with its client authentication method, one of those below."""
CLIENT_METHODS: Final = ("client_secret_basic", "client_secret_post")

BODY: Final = "x-scalar-security-body"
"""Extension of a flow with parameters of the token request that the grant does not require, and their fixed values."""

JWKS: Final = "x-google-jwks_uri"
"""Extension of a security scheme with the address of the keys for its tokens."""
