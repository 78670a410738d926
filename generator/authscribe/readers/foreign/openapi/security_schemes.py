"""Read the Security Scheme Objects that an OpenAPI document declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.undeclared_name import report_unfollowed_reference
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode
from authscribe.readers.foreign.openapi.descriptions import take_description
from authscribe.readers.foreign.openapi.references import Document, is_reference
from authscribe.readers.foreign.openapi.servers import Server
from authscribe.readers.foreign.openapi.variants import SchemeVariant, find_misspelt, read_variants
from authscribe.readers.foreign.tracking import TrackedMapping, join_maps, make_map

_DEFINITIONS: Final = ("securityDefinitions",)
_COMPONENTS: Final = ("components", "securitySchemes")
"""Keys that lead to the security schemes in version 2.0, and later."""


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """Security scheme that a document declares."""

    name: ScalarNode
    variants: tuple[SchemeVariant, ...]
    description: Node | None = None
    is_deprecated: bool = False
    extras: MapNode | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def wire(self) -> str:
        """Name of the scheme in the document."""
        return str(self.name.value)

    @property
    def roles(self) -> frozenset[str]:
        """Roles of the values of all variants."""
        return frozenset(role for variant in self.variants for role in variant.roles)

    @property
    def parts(self) -> frozenset[str]:
        """Parts of a request that the variants fill."""
        return frozenset(part for variant in self.variants for part in variant.parts)

    def find_extras(self, variant: SchemeVariant) -> MapNode | None:
        """Return what is kept verbatim of the scheme with one of its variants."""
        return join_maps(self.extras, variant.extras)


@dataclass(frozen=True, slots=True)
class UnusableScheme:
    """Security scheme that is declared in `schemes` and cannot be used, for the reason in the finding.

    Without a name, it stands for all schemes of the document.
    """

    wire: str
    finding: Finding
    schemes: TrackedMapping

    def to_node(self, identifier: str) -> MapNode:
        """Return a scheme that holds the mistake, so that a lenient run can leave out this scheme and no more."""
        place = self.finding.place
        return make_map(
            place, id=ScalarNode(identifier, place), extras=make_map(place, declared=self.schemes.take(self.wire))
        )


@dataclass(frozen=True, slots=True)
class DeclaredSecurity:
    """Security schemes of a document: those that can be used, and those that cannot."""

    schemes: tuple[SecurityScheme, ...]
    unusable: tuple[UnusableScheme, ...] = ()

    @classmethod
    def from_document(cls, document: TrackedMapping, source: Document, server: Server) -> DeclaredSecurity:
        """Return the schemes that a document declares; relative addresses are those of `server`."""
        listed = tuple(list_security_schemes(document, source, server))
        return cls(
            tuple(item for item in listed if isinstance(item, SecurityScheme)),
            tuple(item for item in listed if isinstance(item, UnusableScheme)),
        )

    @property
    def by_name(self) -> dict[str, SecurityScheme]:
        """Schemes that can be used, by their names."""
        return {scheme.wire: scheme for scheme in self.schemes}

    @property
    def mistaken(self) -> tuple[UnusableScheme, ...]:
        """Schemes with mistakes; others that cannot be used are in documents that cannot be found."""
        return tuple(scheme for scheme in self.unusable if scheme.finding.severity is Severity.ERROR)

    def list_findings(self) -> Iterator[Finding]:
        """Yield what there is to report about the schemes; one finding for all with the same reason."""
        yield from {scheme.finding.message: scheme.finding for scheme in reversed(self.unusable)}.values()
        for scheme in self.schemes:
            yield from scheme.findings


def list_security_schemes(
    document: TrackedMapping, source: Document, server: Server
) -> Iterator[SecurityScheme | UnusableScheme]:
    """Yield each security scheme that a document declares; relative addresses are those of `server`."""
    schemes = document
    for key in _find_place(document):
        schemes = schemes.child(key)
        if is_reference(schemes.node):
            target = source.follow(schemes.node)
            if target is None:
                yield UnusableScheme("", _report_unfollowed(schemes.node, source), schemes)
                return
            schemes, source = TrackedMapping(target[0]), target[1]
    for entry in schemes.node.entries:
        if entry.key.startswith("x-") and not isinstance(entry.node, MapNode):
            continue  # an extension of the document, not a scheme
        scheme = _read_scheme(entry, schemes, source, server)
        yield UnusableScheme(entry.key, scheme, schemes) if isinstance(scheme, Finding) else scheme


def find_misplaced(document: TrackedMapping) -> Iterator[Finding]:
    """Yield a finding if the security schemes are where another version of OpenAPI has them."""
    own, used = _get_place(document), _find_place(document)
    if used != own:
        entry = next(entry for entry in document.node.entries if entry.key == used[0])
        finding = report_unknown_key(".".join(used), entry.place, (".".join(own),))
        yield finding._replace(severity=Severity.WARNING)


def _get_place(document: TrackedMapping) -> tuple[str, ...]:
    return _DEFINITIONS if document.peek("swagger") is not None else _COMPONENTS


def _find_place(document: TrackedMapping) -> tuple[str, ...]:
    """Return the keys that lead to the security schemes: those of another version if the right ones lead nowhere."""
    places = sorted((_DEFINITIONS, _COMPONENTS), key=lambda place: place != _get_place(document))
    return next((place for place in places if _has(document.node, place)), places[0])


def _has(node: Node | None, keys: tuple[str, ...]) -> bool:
    for key in keys:
        node = node.find(key) if isinstance(node, MapNode) else None
    return node is not None


def _report_unfollowed(node: MapNode, source: Document) -> Finding:
    return report_unfollowed_reference(source.describe(node), node.place)


def _read_scheme(entry: Entry, schemes: TrackedMapping, source: Document, server: Server) -> SecurityScheme | Finding:
    if not isinstance(entry.node, MapNode):
        return report_not_a_mapping(entry.place, f"the security scheme '{entry.key}'")
    declared = schemes.child(entry.key)
    target = source.follow(entry.node)
    if target is None:
        return _report_unfollowed(entry.node, source)
    # The keys of a mapping that is referred to are accounted for where it is declared itself.
    resolved = declared if target[0] is entry.node else TrackedMapping(target[0])
    findings = list(find_misspelt(resolved))
    variants = read_variants(resolved, entry.key, server)
    if isinstance(variants, Finding):
        return variants
    undeclared = (finding for variant in variants for finding in server.find_undeclared(variant.endpoints))
    findings += {finding.message: finding for finding in undeclared}.values()
    description = take_description(resolved)
    is_deprecated = resolved.take_boolean("deprecated") is True
    extras = resolved.leftovers()
    if resolved is not declared:
        extras = join_maps(declared.leftovers(), extras)
    return SecurityScheme(
        ScalarNode(entry.key, entry.place), variants, description, is_deprecated, extras, tuple(findings)
    )
