"""Apply refinements: definitions that change a scheme of another source by its id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.stale_refinement import report_added_secret, report_stale_change
from authscribe.findings.rules.too_large import report_many_refined
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.draft import Draft, Entry, MapNode, Noun, ScalarNode, get_text
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.resolve import merge
from authscribe.resolve.collection import read_id
from authscribe.resolve.merge import locate_value
from authscribe.resolve.names import index_names, spell_id


class AddedSecret(NamedTuple):
    """Secret that a refinement adds to the list `key` of a scheme, with the place of its name."""

    scheme: str
    key: str
    name: str
    place: Place


def refine_schemes(
    schemes: Mapping[str, MapNode], drafts: Iterable[Draft]
) -> tuple[dict[str, MapNode], list[AddedSecret], list[Finding]]:
    """Return the schemes with all refinements, the secrets that these add, and the findings about them."""
    refined = dict(schemes)
    names, _ = index_names(schemes)
    known = Vocabulary(names)
    findings: list[Finding] = []
    added: list[AddedSecret] = []
    refinements = [definition for draft in drafts for definition in draft.select(Noun.REFINEMENT)]
    repetitions = Repetitions(len(refinements))
    for definition in refinements:
        identifier = read_id(definition)
        if isinstance(identifier, Finding):
            findings.append(identifier)
        elif identifier not in names:
            place = locate_value(definition.node, "id")
            findings.append(report_unknown_reference("scheme", identifier, place, known))
        else:
            scheme = names[identifier]
            is_refined = refined[scheme] is not schemes[scheme]
            if is_refined and not repetitions.add(count_nodes(refined[scheme])):
                findings.append(report_many_refined(locate_value(definition.node, "id"), limit=repetitions.limit))
                break
            refinement = spell_id(definition.node, names)
            kept, problems = _change_names(scheme, refined[scheme], refinement)
            added += _list_added(scheme, kept, refinement)
            refined[scheme] = merge.merge_maps(kept, merge.drop_keys(refinement, merge.REFINEMENT_KEYS))
            findings += problems
    return refined, added, findings


def _change_names(identifier: str, scheme: MapNode, refinement: MapNode) -> tuple[MapNode, list[Finding]]:
    """Apply the renamings of a refinement, then its removals; report names that the scheme does not have."""
    renamed, rename_problems = _read_renames(refinement)
    removed, removal_problems = _read_removals(refinement)
    known = Vocabulary(merge.list_setting_names(scheme))
    unknown = [
        (
            report_stale_change(verb, entry.key, identifier, entry.place)
            if _is_done(entry, known, is_removed=verb == "remove")
            else report_unknown_reference("secret", entry.key, entry.place, known)
        )
        for verb, entries in (("rename", renamed), ("remove", removed))
        for entry in entries
        if entry.key not in known
    ]
    names = {entry.key: get_text(entry.node) or entry.key for entry in renamed}
    kept = merge.remove_settings(merge.rename_settings(scheme, names), {entry.key for entry in removed})
    return kept, [*rename_problems, *removal_problems, *unknown]


def _is_done(entry: Entry, known: Vocabulary, *, is_removed: bool) -> bool:
    """Return whether the page has been updated already: it has the new name, or no name like the removed one."""
    if is_removed:
        return known.find_nearest(entry.key) is None and not known.is_exhausted
    return get_text(entry.node) in known


def _list_added(identifier: str, scheme: MapNode, refinement: MapNode) -> Iterator[AddedSecret]:
    """Yield the secrets without a description that a refinement adds to a scheme."""
    for key in ("required", "injected"):
        known = merge.index_settings(scheme.find(key))
        for name, setting in merge.index_settings(refinement.find(key)).items():
            if name is not None and name not in known and setting.find("description") is None:
                yield AddedSecret(identifier, key, name, locate_value(setting, "name"))


def check_added(added: Iterable[AddedSecret], schemes: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report the added secrets that the scheme does not inherit either."""
    lists: dict[tuple[str, str], list[AddedSecret]] = {}
    for secret in added:
        lists.setdefault((secret.scheme, secret.key), []).append(secret)
    for (identifier, key), secrets in lists.items():
        scheme = schemes[identifier]
        parent = schemes.get(get_text(scheme.find("extends")) or "")
        inherited = merge.index_settings(parent.find(key)) if parent is not None else {}
        new = [secret for secret in secrets if secret.name not in inherited]
        known = Vocabulary(merge.list_setting_names(scheme) - {secret.name for secret in new})
        yield from (report_added_secret(each.name, identifier, key, each.place, known) for each in new)


def _read_renames(refinement: MapNode) -> tuple[tuple[Entry, ...], list[Finding]]:
    """Return an entry for each renamed setting, whose key is the old name and whose node is the new one."""
    node = refinement.find("rename")
    if node is None:
        return (), []
    if not isinstance(node, MapNode) or any(get_text(entry.node) is None for entry in node.entries):
        return (), [report_wrong_value("rename", node.place, "input should map old names to new ones")]
    return node.entries, []


def _read_removals(refinement: MapNode) -> tuple[tuple[Entry, ...], list[Finding]]:
    """Return an entry for each removed setting, whose key is its name."""
    node = refinement.find("remove")
    if node is None:
        return (), []
    names = tuple(
        Entry(item.value, item.place, item)
        for item in getattr(node, "items", ())
        if isinstance(item, ScalarNode) and isinstance(item.value, str)
    )
    return names, [] if names else [report_wrong_value("remove", node.place, "input should be a list of names")]
