"""The pages of the rules about connectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.findings.explanations.page import Page

PAGES: Final[Mapping[str, Page]] = {
    "auth-missing": Page(
        why=(
            "The platform decides by the manifest which secrets it injects. A connector that uses secrets and"
            " names no scheme gets none of them, and every request is refused."
        ),
        wrong='{"datatypes": {...}, "system-template": "templates/system.json"}',
        right='{"auth": "api_key", "datatypes": {...}, "system-template": "templates/system.json"}',
    ),
    "authority-mismatch": Page(
        why=(
            "The client secret goes to the token address. When that belongs neither to the party at which "
            "people log in nor to the one whose API is used, or when one address is of a test environment and"
            " the other is not, one of them is probably wrong."
        ),
        wrong='"login_url": "https://login.example.com/authorize",\n"token_url": "https://login.example.net/token"',
        right='"login_url": "https://login.example.com/authorize",\n"token_url": "https://login.example.com/token"',
    ),
    "cleartext-http": Page(
        why=(
            "Anybody on the way can read the credentials of a request over http. RFC 6749 section 3.1 asks "
            "for TLS at the authorization and token endpoints."
        ),
        wrong='"url_pattern": "http://api.example.com/%s"',
        right='"url_pattern": "https://api.example.com/%s"',
    ),
    "credential-as-parameter": Page(
        why=(
            "Parameters are stored, shown and logged in the clear. A value that opens a system belongs to the"
            " secrets, which the platform keeps apart."
        ),
        wrong='"headers": {"Authorization": "Bearer {{@ token @}}"}',
        right='"headers": {"Authorization": "Bearer $SECRET(api_key)"}',
    ),
    "cyclic-parent": Page(
        why=(
            "The children of a datatype are read for each entity of its parent. A datatype that is its own "
            "ancestor never gets anything to read."
        ),
        wrong='"invoice": {"parent": "line", ...},\n"line": {"parent": "invoice", ...}',
        right='"invoice": {...},\n"line": {"parent": "invoice", ...}',
    ),
    "definition-differs": Page(
        why=(
            "A definition and a connector of the same name state the same facts. Where they differ, what is "
            "generated from the definition is not true of the connector."
        ),
        wrong='connectors: [{id: wave, scheme: api_key}] beside a manifest with "auth": "oauth2"',
        right="connectors: [{id: wave, scheme: oauth2}]",
    ),
    "flag-missing": Page(
        why=(
            "The secret exists only for connectors that ask for it by a flag in the manifest. Without the "
            "flag the reference stays unresolved at run time."
        ),
        wrong='"Authorization": "Bearer $SECRET(service_jwt)" without the flag',
        right='"requires_service_api_access": true',
    ),
    "flag-secret-unused": Page(
        why="A flag makes the platform hand out one more credential. If nothing uses it, it can only leak.",
        wrong='"use_webhook_secret": true, and no reference to webhook_secret',
        right="remove \"use_webhook_secret\", or check incoming requests with secret('webhook_secret')",
    ),
    "hard-coded-host": Page(
        why=(
            "A connector serves many customers. With the address of one of them, or of a test environment, it"
            " works for whoever wrote it and for nobody else."
        ),
        wrong='"url_pattern": "https://acme.zendesk.com/api/v2/%s"',
        right='"url_pattern": "https://{{@ subdomain @}}.zendesk.com/api/v2/%s"',
    ),
    "header-not-secret": Page(
        why=(
            "The page lists the name of an HTTP header among the secrets. The platform injects no secret of "
            "that name; the header carries another one."
        ),
        wrong="* - ``SO-Apptoken``\n  - The client secret, as sent in each request.",
        right="* - ``oauth_client_secret``\n  - The client secret. It is sent in the header SO-Apptoken.",
    ),
    "injected-secret-unused": Page(
        why=(
            "The platform puts this secret into the system although the scheme does not say so. Whoever reads"
            " the scheme does not know that the system holds it."
        ),
        wrong="a scheme that lists jwt_access_token alone, where api_key is injected too",
        right="a scheme that lists both",
    ),
    "literal-secret": Page(
        why=(
            "A value in a template is in every clone of the repository and in every log of the pipeline. It "
            "must be taken for known to others. The report does not repeat it."
        ),
        wrong='"password": "(a value)"',
        right='"password": "$SECRET(api_key)"',
    ),
    "login-option-missing": Page(
        why=(
            "The login of this scheme needs a value that the manifest does not give, or asks the provider for"
            " less than the connector uses; then the onboarding fails, or works until the first token "
            "expires."
        ),
        wrong='"jwt": {"login_url": "https://api.example.com/login"}',
        right='"jwt": {"login_url": "https://api.example.com/login", "jwt_header_key": "x-api-key"}',
    ),
    "manifest-missing": Page(
        why=(
            "A connector is known by its manifest. Without one there is nothing to read, and a run that read "
            "nothing must not look like one that found nothing wrong."
        ),
        wrong="authscribe lint connectors/wave/templates",
        right="authscribe lint connectors/wave",
    ),
    "mechanism-differs": Page(
        why=(
            "The system authenticates in a way that belongs to another kind of scheme. The documentation of "
            "the scheme, the generated classes and the onboarding then describe something else than what "
            "happens."
        ),
        wrong='"auth": "api_key" beside a system with an "oauth2" block',
        right='"auth": "oauth2" beside a system with an "oauth2" block',
    ),
    "no-such-connector": Page(
        why="The argument is no folder, no archive and no revision of a repository.",
        wrong="authscribe lint conectors/wave",
        right="authscribe lint connectors/wave",
    ),
    "parameter-shadowed": Page(
        why=(
            "The parameters of a datatype stand before those of the connector. In the templates of these "
            "datatypes the name has another value than everywhere else, which is rarely meant and never seen."
        ),
        wrong=(
            '"additional_parameters": {"base_url": {}},\n'
            '"datatypes": {"contact": {"parameters": {"base_url": "Contact"}}}'
        ),
        right=(
            '"additional_parameters": {"base_url": {}},\n'
            '"datatypes": {"contact": {"parameters": {"resource": "Contact"}}}'
        ),
    ),
    "parameter-unused": Page(
        why="The owner of the connector is asked for a value that nothing uses.",
        wrong='"additional_parameters": {"region": {}}, and no template with {{@ region @}}',
        right='"additional_parameters": {}',
    ),
    "platform-secret-sent": Page(
        why=(
            "This secret opens the API of the platform itself. In a request to another party it hands that "
            "party the keys."
        ),
        wrong='"authHeaderValue": "Bearer $SECRET(service_jwt)" in a request to the provider',
        right='"Secret": "$SECRET(webhook_secret)"',
    ),
    "platform-variable-undeclared": Page(
        why=(
            "The platform fills this variable for most connectors, from the onboarding or the connector's "
            "configuration. A manifest that does not declare it depends on luck, and the owner is never asked"
            " for it."
        ),
        wrong='"url_pattern": "https://{{@ account_id @}}.example.com/%s" without a declaration',
        right='"additional_parameters": {"account_id": {}}',
    ),
    "raw-environment-value": Page(
        why=(
            "A template that reads the environment directly goes past the parameters: nobody declares the "
            "value, nobody is asked for it, and tools that turn configurations back into templates lose it."
        ),
        wrong='"wix-site-id": "$ENV(wix-site-id)"',
        right='"wix-site-id": "{{@ wix_site_id @}}"',
    ),
    "repeated-credential-header": Page(
        why=(
            "Headers of the system go with each request. A header that every operation repeats has to be "
            "changed in as many places, and the one that is forgotten fails alone."
        ),
        wrong='"operations": {"a": {"headers": {"X-Key": "$SECRET(api_key)"}}, "b": {"headers": {"X-Key": ...}}}',
        right='"headers": {"X-Key": "$SECRET(api_key)"}, "operations": {"a": {...}, "b": {...}}',
    ),
    "revisions-disagree": Page(
        why=(
            "Two revisions of a connector ask for different secrets or parameters. Moving an installation "
            "from one to the other breaks its login until somebody supplies what is new."
        ),
        wrong="main uses $SECRET(api_key), prod uses $SECRET(jwt)",
        right="both use $SECRET(api_key)",
    ),
    "scaffold-outdated": Page(
        why=(
            "The file was made from definitions that have moved on since. It belongs to you, so it is not "
            "written again; this says which names in it are no longer those of the scheme."
        ),
        wrong="a secrets.json with consumer_key, where the scheme now says consumer_token",
        right="a secrets.json with consumer_token",
    ),
    "scheme-secret-not-injected": Page(
        why=(
            "The scheme lists a secret that the platform does not have. A connector that believed it would "
            "get an unresolved reference."
        ),
        wrong="* - ``refresh``\n  - The refresh token.",
        right="* - ``oauth_refresh_token``\n  - The refresh token.",
    ),
    "secret-by-flag": Page(
        why=(
            "The scheme does not list this secret; it comes with a flag in the manifest. That is in order, "
            "and a definition of the connector can say so."
        ),
        wrong="a definition of the connector without flags",
        right="flags: [use_webhook_secret]",
    ),
    "secret-in-url": Page(
        why=(
            "Addresses end up in the logs of servers and proxies, in histories and in referring pages. RFC "
            "6750 section 2.3 advises against it for bearer tokens."
        ),
        wrong='"url_pattern": "https://api.example.com/%s?key=$SECRET(api_key)"',
        right='"headers": {"Authorization": "Bearer $SECRET(api_key)"}',
    ),
    "secret-not-in-scheme": Page(
        why=(
            "The connector uses a secret which the platform injects, but of which the documentation of the "
            "scheme says nothing. The next author of a connector will not know that it exists."
        ),
        wrong="a scheme without oauth_client_secret, used as $SECRET(oauth_client_secret)",
        right="* - ``oauth_client_secret``\n  - The client secret as provided in the connector configuration.",
    ),
    "secret-not-injectable": Page(
        why=(
            "Neither the scheme nor any flag of the manifest gives this secret. At run time the reference "
            "stays unresolved and the system does not start."
        ),
        wrong='"auth": "api_key" and "Authorization": "Bearer $SECRET(jwt)"',
        right='"auth": "api_key" and "Authorization": "Bearer $SECRET(api_key)"',
    ),
    "secret-renamed": Page(
        why=(
            "The scheme lists a secret that nobody injects or uses, and the connector uses one that the "
            "scheme does not list. Name, description and use say that they are the same."
        ),
        wrong="* - ``consumer_key`` beside $SECRET(consumer_token)",
        right="* - ``consumer_token`` beside $SECRET(consumer_token)",
    ),
    "secret-unused": Page(
        why=(
            "The connector has this secret and does not refer to it. Many connectors need fewer secrets than "
            "their scheme has; it is worth knowing because what is not injected cannot leak."
        ),
        wrong='"auth": "oauth2" and no reference to oauth_refresh_token',
        right='"refresh_token": "$SECRET(oauth_refresh_token)"',
    ),
    "suppression-expired": Page(
        why="A suppression is a promise to look again. Its day has passed, so what it hid is reported again.",
        wrong="until = 2020-01-01",
        right="until = 2099-01-01, with the reason why",
    ),
    "suppression-unused": Page(
        why="What this suppression hid is gone. Left in place it would hide the next finding of its kind.",
        wrong='[[suppress]] rule = "secret-in-url", where no secret is in a URL',
        right="remove the entry",
    ),
    "template-missing": Page(
        why=(
            "The manifest names a file that the connector does not have. The platform cannot expand the " "connector."
        ),
        wrong='"template": "templates/customer-collect.json", and no such file',
        right='"template": "templates/customer.json"',
    ),
    "template-not-json": Page(
        why=("After expansion a template must be JSON. The platform refuses the whole connector when one is " "not."),
        wrong='{"_id": "{{@ system @}}" "type": "system:rest"}',
        right='{"_id": "{{@ system @}}", "type": "system:rest"}',
    ),
    "template-orphaned": Page(
        why="No datatype uses this template. It is read and repaired by people who believe that it matters.",
        wrong="templates/role.json, which the manifest does not name",
        right='"role": {"template": "templates/role.json"}',
    ),
    "template-outside": Page(
        why=(
            "A path that leaves the connector, by `..`, from the root or through a link, would read what lies"
            " beside it. Such a file is never opened."
        ),
        wrong='"template": "../shared/customer.json"',
        right='"template": "templates/customer.json"',
    ),
    "undefined-scheme": Page(
        why=(
            "The platform has this scheme, but no source defines it, so nothing can be said about the secrets"
            " of the connector."
        ),
        wrong='"auth_variant": "service_account", and no section about it',
        right="a section that lists the required and injected secrets of service_account",
    ),
    "unknown-scheme": Page(
        why="The platform does not have such a scheme. The connector cannot be installed.",
        wrong='"auth": "jwt"',
        right='"auth": "api_key", "auth_variant": "jwt"',
    ),
    "unrenderable-name": Page(
        why=(
            "In the language of templates a name is made of letters, digits and underscores; `wix-site-id` is"
            " a subtraction. No template can refer to such a parameter."
        ),
        wrong='"additional_parameters": {"wix-site-id": {}}',
        right='"additional_parameters": {"wix_site_id": {}}',
    ),
    "variable-undeclared": Page(
        why=(
            "Nothing fills this variable. The platform does not complain but puts an empty text in its place,"
            " and the system silently talks to the wrong address."
        ),
        wrong='"url_pattern": "https://{{@ tenant @}}.example.com/%s" without a declaration',
        right='"additional_parameters": {"tenant": {}}',
    ),
}
