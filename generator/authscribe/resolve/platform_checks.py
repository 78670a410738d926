"""Check a platform profile, and that the platform can spell the names of every contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.name_clash import report_spelling_clash
from authscribe.findings.rules.refused_name import report_refused_name
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.model.contract import Contract
from authscribe.model.definitions import Setting
from authscribe.model.draft import MapNode, get_text
from authscribe.model.platform import NamingRule, Platform
from authscribe.resolve.merge import list_maps, locate_value
from authscribe.resolve.setting_places import SettingPlaces


def check_profile(node: MapNode) -> Iterator[Finding]:
    """Report what is wrong with a profile that is valid otherwise: a pattern, and paths that several files share."""
    names = node.find("names")
    if isinstance(names, MapNode):
        yield from _check_pattern(names)
    files = [node.find("manifest"), node.find("system"), *list_maps(node.find("files"))]
    for file in list_maps(node.find("files")):
        yield from _check_contents(file)
    for key in ("path", "stub"):
        yield from _check_paths([file for file in files if isinstance(file, MapNode)], key)


def _check_pattern(names: MapNode) -> Iterator[Finding]:
    try:
        re.compile(get_text(names.find("pattern")) or "")
    except (re.error, RecursionError, OverflowError) as error:
        yield report_wrong_value("pattern", locate_value(names, "pattern"), f"not a regular expression: {error}")


def _check_contents(file: MapNode) -> Iterator[Finding]:
    """Report content that the file never has."""
    key, remedy = ("initial", "use `constants`") if file.find("holds") is not None else ("constants", "use `initial`")
    if file.find(key) is not None:
        is_held = "holds" if key == "initial" else "does not hold"
        yield report_wrong_value(key, locate_value(file, key), f"the file {is_held} settings", remedy)


def _check_paths(files: Iterable[MapNode], key: str) -> Iterator[Finding]:
    """Report the second file of a path in a connector, or in the output."""
    seen: set[str | None] = set()
    for file in files:
        is_stated = file.find(key) is not None
        path = get_text(file.find(key if is_stated else "path"))
        if path in seen and (is_stated or key == "path"):
            yield report_wrong_value(key, locate_value(file, key), "another file of the profile has this path")
        seen.add(path)


def check_platform_names(contract: Contract, platform: Platform, places: SettingPlaces) -> Iterator[Finding]:
    """Report names of settings that the platform refuses, and names that two settings would share on it."""
    rule = platform.names
    if rule is None:
        return
    for name, setting in {setting.name: setting for setting in contract.settings}.items():
        if not rule.accepts(rule.spell(name)):
            yield _report_refused(setting, platform, rule, places.locate_name(setting))
    groups = ((*contract.required, *contract.parameters), (*contract.injected, *contract.parameters))
    yield from dict.fromkeys(finding for group in groups for finding in _check_clashes(group, rule, places))


def _check_clashes(settings: Iterable[Setting], rule: NamingRule, places: SettingPlaces) -> Iterator[Finding]:
    """Report each setting whose spelling is that of an earlier one; settings of one name are reported elsewhere."""
    first: dict[str, Setting] = {}
    for setting in settings:
        spelt = rule.spell(setting.name)
        other = first.setdefault(spelt, setting)
        if other.name != setting.name:
            located = places.locate_name(setting), places.locate_name(other)
            yield report_spelling_clash(setting.name, other.name, spelt, *located)


def _report_refused(setting: Setting, platform: Platform, rule: NamingRule, place: Place) -> Finding:
    noun, problem = f"name on {platform.title or platform.id}", "does not match the pattern of the platform"
    remedy = f"add its spelling to the `exceptions` of the platform's `names`; use {rule.characters}"
    return report_refused_name(setting.name, noun, rule.spell(setting.name), place, problem, remedy)
