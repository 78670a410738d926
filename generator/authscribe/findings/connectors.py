"""Every mistake that a connector can make, one function each: code, wording, place and repair.

What `mistakes` is for definitions and workspaces, this is for manifests, templates and what they say of a scheme.
"""

from __future__ import annotations

from collections.abc import Sequence

from authscribe.findings.definitions import finding
from authscribe.findings.finding import Finding, Label, Place

# Folders and files


def no_such_connector(argument: str) -> Finding:
    """An argument that is no folder, no archive and no revision."""
    return finding(
        "no-such-connector",
        Place(argument),
        f"there is no connector at '{argument}'",
        "name a folder, an archive, or REPO@REV",
    )


def no_such_revision(argument: str, revision: str) -> Finding:
    """A revision that the repository does not have."""
    return finding(
        "no-such-connector",
        Place(argument),
        f"the repository has no revision '{revision}'",
        "name a branch, a tag or a commit",
    )


def no_manifest(path: str) -> Finding:
    """A folder in which no connector lies."""
    return finding(
        "manifest-missing",
        Place(path),
        "there is no manifest.json here, nor in a folder below",
        "name the folder of a connector",
    )


def template_missing(path: str, place: Place) -> Finding:
    """A template that the manifest names and the folder does not have."""
    return finding(
        "template-missing",
        place,
        f"there is no template '{path}'",
        "add the file, or correct the path in the manifest",
        name=path,
    )


def template_outside(path: str, place: Place, problem: str) -> Finding:
    """A path that must not be followed."""
    return finding(
        "template-outside",
        place,
        f"'{path}' is not read: {problem}",
        "keep templates as plain files inside the connector",
        name=path,
    )


def template_not_json(path: str, place: Place, problem: str) -> Finding:
    """A template from which the platform cannot make a configuration."""
    return finding(
        "template-not-json",
        place,
        f"the template does not expand to JSON: {problem}",
        "correct the template; the platform refuses it as it is",
        name=path,
    )


def cyclic_parent(chain: Sequence[str], place: Place, connector: str) -> Finding:
    """A datatype that is its own ancestor."""
    return finding(
        "cyclic-parent", place, f"the datatype is its own ancestor: {' -> '.join(chain)}", "remove one `parent`",
        connector=connector, name=chain[0],
    )  # fmt: skip


def template_orphaned(path: str, place: Place, connector: str) -> Finding:
    """A template that no part of the manifest names."""
    return finding(
        "template-orphaned", place, f"no datatype uses the template '{path}'",
        "name it in the manifest, or delete it", connector=connector, name=path,
    )  # fmt: skip


# The scheme


def auth_missing(place: Place, connector: str, secrets: Sequence[str]) -> Finding:
    """A manifest that names no scheme, of a connector that uses secrets."""
    return finding(
        "auth-missing", place, f"the connector uses {_list(secrets)}, but its manifest names no scheme",
        "say in the manifest how the system authenticates", connector=connector,
    )  # fmt: skip


def unknown_scheme(selector: str, place: Place, connector: str, near: str) -> Finding:
    """A selector that the platform does not have."""
    return finding(
        "unknown-scheme", place, f"the platform has no scheme {selector}", near, connector=connector, name=selector
    )


def undefined_scheme(scheme: str, selector: str, place: Place, connector: str) -> Finding:
    """A scheme of the platform that no source defines."""
    return finding(
        "undefined-scheme", place, f"no source defines the scheme '{scheme}' ({selector})",
        "document its required and injected secrets", connector=connector, scheme=scheme,
    )  # fmt: skip


def mechanism_differs(slot: str, place: Place, connector: str, scheme: str, kind: str) -> Finding:
    """A system that authenticates in another way than its scheme."""
    return finding(
        "mechanism-differs", place, f"the system authenticates by {slot}, the scheme '{scheme}' is of kind {kind}",
        "name the scheme that the system really uses, or correct the system", connector=connector, scheme=scheme,
        name=slot,
    )  # fmt: skip


def login_option_missing(key: str, place: Place, connector: str, scheme: str, reason: str) -> Finding:
    """A key of the manifest without which the login cannot work."""
    return finding(
        "login-option-missing", place, f"the manifest has no '{key}': {reason}", f"add '{key}' to the manifest",
        connector=connector, scheme=scheme, name=key,
    )  # fmt: skip


def refresh_token_never_issued(place: Place, connector: str, scheme: str, host: str, needs: str) -> Finding:
    """A refresh token that the provider does not issue for this login."""
    return finding(
        "login-option-missing", place, f"{host} issues a refresh token only for {needs}", f"add {needs} to the login",
        connector=connector, scheme=scheme, name=needs,
    )  # fmt: skip


def revisions_disagree(place: Place, first: Place, connector: str, difference: str) -> Finding:
    """Two revisions of one connector with different contracts."""
    return finding(
        "revisions-disagree", place, f"this revision of '{connector}' has another contract: {difference}",
        "bring the revisions together before both are in use",
        labels=(Label(first, "the other revision"),), connector=connector,
    )  # fmt: skip


def definition_differs(what: str, place: Place, first: Place, connector: str) -> Finding:
    """A connector that is not as its definition has it."""
    return finding(
        "definition-differs", place, f"the connector is not as its definition has it: {what}",
        "correct the one that is out of date", labels=(Label(first, "defined here"),), connector=connector,
    )  # fmt: skip


# Secrets


def secret_not_injectable(
    name: str, place: Place, connector: str, scheme: str | None, suggestion: str | None
) -> Finding:
    """A secret that neither the scheme nor a flag can give."""
    known = "use a secret that the scheme injects" if scheme else "name a scheme in the manifest that injects it"
    repair = f"did you mean '{suggestion}'?" if suggestion else known
    return finding(
        "secret-not-injectable", place, f"nothing injects the secret '{name}'", repair,
        connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def secret_not_in_scheme(name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A secret that the platform injects, and of which the scheme says nothing."""
    return finding(
        "secret-not-in-scheme", place, f"the scheme '{scheme}' does not list the secret '{name}', which is injected",
        f"add '{name}' to the injected secrets of the scheme",
        labels=(Label(page, "the scheme is defined here"),), connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def secret_renamed(listed: str, name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A secret that the scheme lists under another name."""
    return finding(
        "secret-renamed", place, f"what the scheme '{scheme}' calls '{listed}' is injected and used as '{name}'",
        f"rename '{listed}' to '{name}' in the scheme",
        labels=(Label(page, f"'{listed}' is listed here"),), connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def header_not_secret(name: str, place: Place, connector: str, scheme: str, page: Place, carried: str) -> Finding:
    """A listed secret that is the name of a header."""
    return finding(
        "header-not-secret", page, f"'{name}' is not a secret but a header, which carries '{carried}'",
        f"list '{carried}' in the scheme, and say that it is placed in the header '{name}'",
        labels=(Label(place, "the header"),), connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def scheme_secret_not_injected(name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """A listed secret that the platform does not have."""
    return finding(
        "scheme-secret-not-injected", page, f"the platform injects no '{name}', and the connector does not use it",
        f"remove '{name}' from the scheme, or correct its name",
        labels=(Label(place, "the connector"),), connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """A secret of the scheme that no template refers to."""
    return finding(
        "secret-unused", place, f"the secret '{name}' is injected but not used",
        "this is fine if the system needs no more; otherwise refer to it", connector=connector,
        scheme=scheme, name=name,
    )  # fmt: skip


def injected_secret_unused(name: str, place: Place, connector: str, scheme: str) -> Finding:
    """A secret that the platform injects although the scheme does not list it, and that no template refers to."""
    return finding(
        "injected-secret-unused", place,
        f"the platform injects '{name}', which the scheme '{scheme}' does not list and the connector does not use",
        "list it in the scheme, so that its readers know what the system holds", connector=connector, scheme=scheme,
        name=name,
    )  # fmt: skip


def secret_by_flag(name: str, place: Place, connector: str, flag: str, scheme: str | None) -> Finding:
    """A secret that comes with a flag, not with the scheme."""
    return finding(
        "secret-by-flag", place, f"'{name}' is injected because of the flag '{flag}', not by the scheme",
        f"state `flags: [{flag}]` in a definition of the connector", connector=connector, scheme=scheme, name=name,
    )  # fmt: skip


def flag_secret_unused(name: str, place: Place, connector: str, flag: str) -> Finding:
    """A flag that injects what no template refers to."""
    return finding(
        "flag-secret-unused", place, f"the flag '{flag}' injects '{name}', which is not used",
        "remove the flag unless something else needs it: what is not injected cannot leak", connector=connector,
        name=name,
    )  # fmt: skip


def flag_missing(name: str, place: Place, connector: str, flag: str) -> Finding:
    """A secret whose flag is not set."""
    return finding(
        "flag-missing", place, f"'{name}' is injected only with the flag '{flag}', which is not set",
        f'set "{flag}": true in the manifest', connector=connector, name=name,
    )  # fmt: skip


def secret_in_url(name: str, place: Place, connector: str) -> Finding:
    """A secret in a path or query, where logs and proxies see it."""
    return finding(
        "secret-in-url", place, f"the secret '{name}' is part of a URL", "send it in a header or in the body",
        connector=connector, name=name,
    )  # fmt: skip


def platform_secret_sent(name: str, place: Place, connector: str) -> Finding:
    """A secret of the platform itself in a request to somebody else."""
    return finding(
        "platform-secret-sent", place,
        f"'{name}' opens the platform's own API, and this request sends it to another party",
        "send a secret that is good for this purpose alone, such as a webhook secret", connector=connector, name=name,
    )  # fmt: skip


def literal_secret(slot: str, place: Place, connector: str) -> Finding:
    """A value where a reference belongs; the value is not repeated."""
    return finding(
        "literal-secret", place, f"there is a value in {slot}, where a reference to a secret belongs",
        "revoke the value, and refer to an injected secret", connector=connector, name=slot,
    )  # fmt: skip


def credential_as_parameter(name: str | None, slot: str, place: Place, connector: str) -> Finding:
    """A credential that travels as a setting, which is stored and shown in the clear; None is an expression."""
    what = f"'{name}'" if name is not None else "an expression"
    return finding(
        "credential-as-parameter", place, f"{what} is used as a credential in {slot}, but is no secret",
        "let the platform inject it as a secret", connector=connector, name=name,
    )  # fmt: skip


def repeated_header(name: str, place: Place, connector: str, count: int) -> Finding:
    """A credential header that each operation repeats."""
    return finding(
        "repeated-credential-header", place, f"{count} operations repeat the header '{name}' with the same credential",
        "put it into the headers of the system once", connector=connector, name=name,
    )  # fmt: skip


# Parameters


def variable_undeclared(name: str, place: Place, connector: str) -> Finding:
    """A variable that nothing fills; the platform puts an empty text in its place."""
    return finding(
        "variable-undeclared", place, f"nothing declares '{name}'; the platform will put an empty text here",
        f"declare '{name}' under additional_parameters", connector=connector, name=name,
    )  # fmt: skip


def platform_variable_undeclared(name: str, place: Place, connector: str) -> Finding:
    """A variable that the platform usually fills, and that the manifest does not ask for."""
    return finding(
        "platform-variable-undeclared", place, f"'{name}' is not declared; the platform usually fills it",
        f"declare '{name}' under additional_parameters", connector=connector, name=name,
    )  # fmt: skip


def parameter_unused(name: str, place: Place, connector: str) -> Finding:
    """A declared parameter that no template uses."""
    return finding(
        "parameter-unused", place, f"the parameter '{name}' is declared but not used", "remove it, or use it",
        connector=connector, name=name,
    )  # fmt: skip


def parameter_shadowed(name: str, place: Place, declared: Place, connector: str, datatypes: Sequence[str]) -> Finding:
    """A parameter of the connector that means something else in some datatypes."""
    return finding(
        "parameter-shadowed", place, f"in {_list(datatypes)}, '{name}' is not the parameter of the connector",
        "give one of the two another name",
        labels=(Label(declared, "the parameter of the connector"),), connector=connector, name=name,
    )  # fmt: skip


def unrenderable_name(name: str, place: Place, connector: str, spelt: str) -> Finding:
    """A name that the language of templates takes for an expression."""
    return finding(
        "unrenderable-name", place, f"a template cannot refer to '{name}': the name is read as an expression",
        f"rename it to '{spelt}'", connector=connector, name=name,
    )  # fmt: skip


def raw_environment_value(name: str, place: Place, connector: str, *, declared: bool) -> Finding:
    """An environment value that is referred to past the parameters."""
    repair = "write it as a variable" if declared else "declare it under additional_parameters"
    return finding(
        "raw-environment-value", place, f"the environment value '{name}' is used directly", repair,
        connector=connector, name=name,
    )  # fmt: skip


# Addresses


def hard_coded_host(host: str, place: Place, connector: str, what: str) -> Finding:
    """An address of one customer or of a test environment."""
    return finding(
        "hard-coded-host", place, f"{host} is {what}", "make it a parameter, or use the address for production",
        connector=connector, name=host,
    )  # fmt: skip


def cleartext_http(host: str, place: Place, connector: str) -> Finding:
    """A request without encryption."""
    return finding(
        "cleartext-http", place, f"requests to {host} are not encrypted", "use https", connector=connector, name=host
    )


def authority_mismatch(place: Place, first: Place, connector: str, problem: str) -> Finding:
    """Login, token and API addresses that do not belong together."""
    return finding(
        "authority-mismatch", place, problem, "correct the address that is out of place",
        labels=(Label(first, "the other address"),), connector=connector,
    )  # fmt: skip


# Files that were made once


def scaffold_outdated(gone: Sequence[str], new: Sequence[str], place: Place, connector: str, scheme: str) -> Finding:
    """A scaffolded file that does not fit the scheme any more; the file is left as it is."""
    changes = [f"{_list(names)} {what}" for names, what in ((gone, "gone"), (new, "new")) if names]
    return finding(
        "scaffold-outdated", place, f"this file was made for an older '{scheme}': {', '.join(changes)}",
        "bring the file in line by hand; it is yours", connector=connector, scheme=scheme, name=(*gone, *new)[0],
    )  # fmt: skip


# What a team has judged


def suppression_expired(rule: str, connector: str, until: str, place: Place) -> Finding:
    """A suppression whose last day has passed; what it hid is reported again."""
    return finding(
        "suppression-expired", place, f"the suppression of '{rule}' for '{connector}' ended on {until}",
        "repair what it hides, or judge it again", name=rule,
    )  # fmt: skip


def suppression_unused(rule: str, connector: str, place: Place) -> Finding:
    """A suppression that hides nothing."""
    return finding(
        "suppression-unused", place, f"nothing is suppressed by '{rule}' for '{connector}'", "remove it", name=rule
    )


def _list(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names[:3]]
    return ", ".join(quoted) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
