"""Build the proxy of a Nango provider: its base address, and what its requests carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from authscribe.model.definitions import BodyFormat, Location, Placement, VerificationEndpoint
from authscribe.model.media_types import FORM_TYPE
from authscribe.model.nango import ACCESS, BASE_OVERRIDE, COOKIES, VERIFICATION
from authscribe.targets.nango.references import References
from authscribe.targets.nango.requests import fill_values
from authscribe.targets.nango.subjects import Subject

_AUTHORIZATION: Final = "authorization"
_BASIC_SLOTS: Final = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
_HEADER_NAME: Final = re.compile(r"[a-z0-9_.-]+")
_CALL: Final = re.compile(r"[(){}:]")
"""Characters that would end the call, or part its argument, in the text of basic authentication."""

_SITE: Final = re.compile(r"[a-z]+://[^/?#]+")
_NOTHING: Final = References({}, {})


class _Sent(NamedTuple):
    """Part of a request, and the template of its value."""

    location: Location
    name: str
    template: str

    @property
    def slot(self) -> tuple[str, str]:
        return self.location.value, self.name.lower()


def build_proxy(subject: Subject, references: References) -> dict[str, object]:
    """Return the base address, and headers, query and body, apart from those that the mode brings along."""
    sent = [*_list_sent(subject.contract.placements, references)]
    stated = _leave_implied(sent, subject)
    base = subject.contract.endpoints.base
    facts: dict[str, object] = {
        "base_url": references.fill_texts(base.addresses, in_proxy=True) if base is not None else None,
        "headers": dict(_build_headers(stated)),
        "query": {each.name: each.template for each in stated if each.location is Location.QUERY},
        "body": _build_body(stated),
        VERIFICATION: _build_verification(subject, references),
    }
    return {key: value for key, value in facts.items() if value}


def _build_verification(subject: Subject, references: References) -> dict[str, object]:
    """Return the request that verifies credentials, with its own base address if it is not below the common one."""
    endpoints = subject.contract.endpoints
    request = endpoints.verification
    content = _build_content(request) if request is not None else None
    if request is None or content is None:
        return {}
    base = endpoints.base.url.rstrip("/") if endpoints.base is not None else None
    address = request.addresses[0]
    if base is None or not address.startswith(f"{base}/"):
        match = _SITE.match(address)
        base = match[0] if match is not None else address
    path = references.fill_texts((address.removeprefix(base),), in_proxy=True)
    if not address or path is None:
        return {}
    is_common = endpoints.base is not None and endpoints.base.url.rstrip("/") == base
    override = None if is_common else references.fill_texts((base,), in_proxy=True)
    facts = {"endpoints": [path or "/"], BASE_OVERRIDE: override, **content}
    return {key: value for key, value in facts.items() if value not in (None, {})}


def _build_content(request: VerificationEndpoint) -> dict[str, object] | None:
    """Return what the request that verifies credentials carries besides its address; None if Nango cannot send it.

    Nango fills references in the address alone (`buildProxyHeaders` and `getAxiosConfiguration` in `packages/shared`),
    and sends mappings as JSON unless a header states a form. A request without one of its parts would refuse valid
    credentials.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = {} if request.body is None else request.body
    if body and request.body_format is BodyFormat.FORM:
        headers.setdefault("content-type", FORM_TYPE)
    if (
        request.basic is not None
        or request.body_format is BodyFormat.XML
        or not all(map(_HEADER_NAME.fullmatch, headers))
    ):
        return None
    if any(fill_values(values, {}, _NOTHING, 0) != values for values in (headers, body)):
        return None
    method = request.method if "method" in request.model_fields_set else None
    return {"method": method, "headers": headers, "data": body}


def _list_sent(placements: Iterable[Placement], references: References) -> Iterator[_Sent]:
    """Yield the placements that have a template; a name in braces would be taken for a reference."""
    for placement in placements:
        template = references.fill_placements(placement.templates)
        if template is not None and "${" not in placement.name:
            yield _Sent(placement.location, placement.name, template)


def _leave_implied(sent: list[_Sent], subject: Subject) -> list[_Sent]:
    """Return what the provider has to state: not the placements of its mode, unless its headers replace them."""
    of_mode = {_Sent(Location(location), name, template) for location, name, template in subject.mode.placements}
    implied = {(each.slot, each.template) for each in of_mode}
    found = {(each.slot, each.template) for each in sent}
    others = [each for each in sent if (each.slot, each.template) not in implied]
    if not implied <= found or (subject.mode.kind == "two_step" and any(map(_carries_session, others))):
        return sent
    return others


def _carries_session(each: _Sent) -> bool:
    if each.location is not Location.HEADER:
        return each.location is Location.COOKIE and COOKIES in each.template
    is_cookie = each.name.lower() == "cookie" and f"${{{COOKIES}}}" in each.template
    return is_cookie or f"${{{ACCESS}}}" in each.template


def _build_headers(stated: Iterable[_Sent]) -> Iterator[tuple[str, str]]:
    """Yield the headers; names of headers are case-insensitive, and Nango writes them in lower case."""
    basic = {each.location: each.template for each in stated if each.location in _BASIC_SLOTS}
    if basic:
        sides = [basic.get(location, "") for location in _BASIC_SLOTS]
        if not any(_CALL.search(re.sub(r"\$\{[^{}]*\}", "", side)) for side in sides):
            yield _AUTHORIZATION, f"Basic ${{base64({':'.join(sides)})}}"
    cookies = [f"{each.name}={each.template}" for each in stated if each.location is Location.COOKIE]
    if cookies:
        # All cookies share one header (RFC 6265 section 5.4).
        yield "cookie", "; ".join(cookies)
    for each in stated:
        name = each.name.lower()
        if each.location is Location.HEADER and _HEADER_NAME.fullmatch(name):
            yield name, each.template


def _build_body(stated: Iterable[_Sent]) -> dict[str, object]:
    """Return the body, in which a name may be a path of two keys."""
    body: dict[str, object] = {}
    for each in stated:
        first, *further = each.name.split(".")
        if each.location is not Location.BODY or len(further) > 1:
            continue
        if not further:
            body[first] = each.template
            continue
        inner = body.setdefault(first, {})
        if isinstance(inner, dict):
            inner[further[0]] = each.template
    return body
