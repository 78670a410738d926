"""Keep Compose files up to date: the secrets and variables of services, and the secrets that the file declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Final

from authscribe.drift.first_change import FirstChange
from authscribe.edits.lines import insert_lines
from authscribe.edits.yaml_text import YamlText
from authscribe.encoders.comments import encode_line_comment
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.not_synced import report_not_synced
from authscribe.findings.rules.unassigned_secret import report_unassigned_secret
from authscribe.findings.rules.unplaced_secret import report_secret_held_elsewhere, report_unplaced_secret
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.model.target_options import ComposeOptions
from authscribe.sync.compose_entries import (
    ComposeSetting,
    Parts,
    comment_out,
    list_last,
    lower_names,
    select_parts,
    write_declaration,
    write_default,
    write_item,
    write_long_item,
)
from authscribe.sync.compose_services import OVERRIDE, SECRETS, Service, find_variant, list_services, locate_parts
from authscribe.sync.connectors import Connectors, Inventory, Key, Share, list_served, take_inventory
from authscribe.sync.context import Context
from authscribe.sync.given_values import check_sources, check_values, list_keys
from authscribe.sync.update import Amendment, Format, Plan
from authscribe.sync.yaml_entries import (
    INDENT,
    Container,
    NewEntry,
    Steps,
    WriteRegion,
    find_entry,
    find_yaml_values,
    list_disabled,
    plan_missing,
    plan_regions,
    read_yaml,
    replace_name,
    write_lines,
)
from authscribe.targets.compose import ServiceSecret, build_service_secret
from authscribe.targets.stubs import Stub

SETTING_LIMIT: Final = 20_000
"""Settings that the services of a Compose file may use, each counted again in each service."""
_EXAMPLES: Final = 20
"""Variables of one kind whose values are examples for a new one."""


def plan_compose(path: str, text: str, node: Node, context: Context) -> Plan:
    """Plan the secrets and variables that services lack, and the secrets that the file does not declare."""
    return _Planner(YamlText(path, text), context.connectors).plan(node)


class _Planner:
    """Planner for one file; `used` are the secrets of all services after the update, by their variables.

    `holders` are the ids of the connectors of which a service has any secret, and `unplaced` those of which a finding
    tells that none has. `owned` are the variables that regions give to services, by the names of these, and `declared`
    those of secrets that a region declares.
    """

    def __init__(self, text: YamlText, connectors: Connectors) -> None:
        self.text, self.connectors = text, connectors
        self.variant = find_variant(text.path)
        self.options: ComposeOptions = connectors.catalogue.options.compose
        self.planned: list[Amendment | Finding] = []
        self.remarks: list[Finding] = []
        self.used: dict[str, ServiceSecret] = {}
        self.is_lower = False
        self.holders: set[str] = set()
        self.unplaced: set[str] = set()
        self.owned: dict[str | int, set[str]] = {}
        self.declared: set[str] = set()

    def plan(self, node: Node) -> Plan:
        regions = plan_regions(self.text, node, self.connectors, self._list_containers(node))
        self.planned += regions.findings
        for path, stubs in regions.stubs.items():
            self._note_region(path, self._merge_settings(stubs))
        self._update(regions.rest)
        findings = tuple(each for each in self.planned if isinstance(each, Finding))
        amendments = tuple(each for each in self.planned if isinstance(each, Amendment))
        return Plan(() if findings else amendments, regions.edits, findings, tuple(dict.fromkeys(self.remarks)))

    def _note_region(self, path: Steps, settings: Iterable[ComposeSetting]) -> None:
        """Note what the region of a mapping or list has, so that nothing of it is added elsewhere."""
        secrets = {each.variable: each.secret for each in settings if each.secret is not None}
        parameters = {each.variable for each in settings if each.secret is None}
        if path == (SECRETS,):
            self.declared |= secrets.keys()
            return
        is_mounted = path[-1] == SECRETS
        self.owned.setdefault(path[1], set()).update(secrets if is_mounted else parameters)
        if is_mounted:
            self.used |= {each.variable: each.secret for each in settings if each.secret and each.is_needed}

    def _list_containers(self, node: Node) -> dict[Container, WriteRegion]:
        """Return the mappings and lists that regions can be in, with the functions that write these."""
        containers: dict[Container, WriteRegion] = {}
        for service in list_services(node, self.connectors, self.variant):
            if service.environment is not None:
                is_list = isinstance(service.environment.node, ListNode)
                containers[service.environment] = partial(self._write_variables, is_list=is_list)
            if service.secrets is not None:
                containers[service.secrets] = self._write_mounted
        entry = find_entry(node, SECRETS)
        return containers if entry is None else {**containers, Container(entry, (SECRETS,)): self._write_declared}

    def _write_variables(self, stubs: Sequence[Stub], *, is_list: bool) -> Iterator[str]:
        for setting in self._merge_settings(stubs):
            if setting.secret is None:
                yield from write_lines(write_default(setting, is_list=is_list), "", has_comment=True)

    def _write_mounted(self, stubs: Sequence[Stub]) -> Iterator[str]:
        for setting in self._merge_settings(stubs):
            if setting.secret is not None:
                entry = write_long_item(setting.secret, "")
                yield from entry.lines if setting.is_needed else comment_out(entry.lines)

    def _write_declared(self, stubs: Sequence[Stub]) -> Iterator[str]:
        for setting in self._merge_settings(stubs):
            if setting.secret is not None:
                entry = write_declaration(setting.secret, {}, self.text)
                yield from encode_line_comment(entry.comment).split("\n")
                yield from entry.lines if setting.is_needed else comment_out(entry.lines)

    def _merge_settings(self, stubs: Sequence[Stub]) -> Collection[ComposeSetting]:
        """Return the settings of several methods, each once."""
        return {name: each for stub in stubs for name, each in self._list_settings(stub, ()).items()}.values()

    def _update(self, node: Node) -> None:
        """Plan the entries by keys of a document without regions."""
        services = [*list_services(node, self.connectors, self.variant)]
        secrets = find_entry(node, SECRETS)
        declared = locate_parts(secrets, NameKind.COMPOSE, self.connectors)
        keys = [key for key, _ in list_keys(secrets, NameKind.COMPOSE)]
        self.is_lower = self._is_lower([*keys, *(key for service in services for key in service.keys)])
        inventories: list[Inventory[ComposeSetting]] = []
        total = 0
        for service in services:
            inventories.append(take_inventory(self.connectors, service.keys, self._list_settings))
            total += sum(len(share.entries) for share in inventories[-1].shares)
            if total > SETTING_LIMIT:
                problem = f"its services use more than {SETTING_LIMIT} settings in all"
                self.planned.append(report_not_synced(service.keys[0].place, problem, "divide the file"))
                return
        users = Counter(share.connector.id for inventory in inventories for share in inventory.shares)
        for service, inventory in zip(services, inventories, strict=True):
            self.holders |= {share.connector.id for share in inventory.shares if self._has_secret(service, share)}
        for service, inventory in zip(services, inventories, strict=True):
            self.planned += self._find_duplicates(service)
            self.remarks += inventory.remarks
            if service.environment is not None:
                self.remarks += check_values(self.text, service.environment.entry, self.connectors, NameKind.ENV)
            if service.secrets is not None:
                self.remarks += check_sources(service.secrets.entry, self.connectors)
            for share in () if service.is_partial else inventory.shares:
                self._update_service(service, share, declared if users[share.connector.id] == 1 else {})
        if secrets is not None:
            self.remarks += check_sources(secrets, self.connectors)
        self._declare_secrets(node, declared)
        misspelt = {variable for inventory in inventories for _, variable in inventory.misspelt if variable is not None}
        used = {*self.used, *misspelt, *(name for each in services for name in each.mounted)}
        self._report_unassigned(declared, used)

    def _is_lower(self, keys: Iterable[Key]) -> bool:
        """Return whether the file has secrets of connectors, and the names of all of them are in lower case."""
        names = (key.name for key in keys if key.kind is NameKind.COMPOSE)
        own = [name for name in names if self.connectors.identify(NameKind.COMPOSE, name) is not None]
        return bool(own) and all(map(str.islower, own))

    def _find_duplicates(self, service: Service) -> Iterator[Finding]:
        """Yield a finding for each setting that occurs again in a list of a service."""
        first: dict[tuple[NameKind, str], Place] = {}
        for key in service.keys:
            owned = self.connectors.identify(key.kind, key.name)
            if owned is not None and (key.kind, owned.variable) in first:
                yield report_duplicate_key(key.name, key.place, first[key.kind, owned.variable])
            if owned is not None:
                first.setdefault((key.kind, owned.variable), key.place)

    def _list_settings(self, stub: Stub, present: Collection[str]) -> dict[str, ComposeSetting]:
        found: dict[str, ComposeSetting] = {}
        parameters = stub.parameters
        for each in list_served(stub, present):
            secret = None if each in parameters else build_service_secret(stub, each, self.options)
            secret = lower_names(secret) if secret is not None and self.is_lower else secret
            variable = stub.spell(NameKind.ENV, each)
            found.setdefault(variable, ComposeSetting(each, variable, secret))
        return found

    def _update_service(self, service: Service, share: Share[ComposeSetting], declared: Parts) -> None:
        """Plan what a service lacks of a connector; it gets the secrets of `declared` even if no class needs them."""
        mounted, variables = (select_parts(parts, share) for parts in (service.mounted, service.variables))
        held = self._list_held(service)
        missing = [each for variable, each in share.entries.items() if variable not in held]
        disabled = self._list_disabled(service) if missing else set()
        missing = [each for each in missing if each.is_needed or each.variable not in disabled]
        secrets = [each for each in missing if each.secret and (each.is_needed or each.variable in declared)]
        parameters = [each for each in missing if each.secret is None]
        if not self._needs_secrets(service, share, declared, disabled):
            is_elsewhere = share.connector.id in self.holders
            # A service without all of the parameters need not authenticate if another one does. If none does,
            # `unassigned-secret` reports the secrets that are declared.
            if secrets and not (parameters if is_elsewhere else declared.keys() & share.entries.keys()):
                self._report_unplaced(service, share, secrets[0])
            if is_elsewhere:
                return
            secrets = []
        has_secret_variables = any(share.entries[variable].secret for variable in variables)
        if service.secrets is not None and (mounted or not has_secret_variables):
            self._mount(service.secrets, mounted, share, secrets)
            secrets = []
        if service.environment is not None and not service.has_files:
            self._set_variables(service.environment, variables, share, [*secrets, *parameters])
        elif not service.has_files:
            self._report_without_environment(service, share, parameters)

    def _list_held(self, service: Service) -> set[str]:
        """Return the variables of all settings that a service has."""
        return {*service.mounted, *service.variables, *service.targets, *self.owned.get(service.name, ())}

    def _has_secret(self, service: Service, share: Share[ComposeSetting]) -> bool:
        held = self._list_held(service)
        return any(each.secret for variable, each in share.entries.items() if variable in held)

    def _needs_secrets(
        self, service: Service, share: Share[ComposeSetting], declared: Parts, disabled: Collection[str]
    ) -> bool:
        """Return whether a service has a secret of a connector, or a list of secrets that is there to have some.

        It had one if a secret that a class needs is among the `disabled` ones.
        """
        lost = (each for variable, each in share.entries.items() if variable in disabled)
        had_secret = any(each.secret is not None and each.is_needed for each in lost)
        is_declared = not declared.keys().isdisjoint(share.entries)
        is_open = service.secrets is not None and (is_declared or not any(list_last(service.secrets)))
        return is_open or had_secret or self._has_secret(service, share)

    def _report_unplaced(self, service: Service, share: Share[ComposeSetting], secret: ComposeSetting) -> None:
        """Report the first needed secret of a connector, once for all services if none of them has any."""
        if share.connector.id in self.unplaced or service.has_files:
            return
        owned = ((key, self.connectors.identify(key.kind, key.name)) for key in service.keys)
        first = next(key for key, each in owned if each is not None and each.connector is share.connector)
        report = report_secret_held_elsewhere
        if share.connector.id not in self.holders:
            self.unplaced.add(share.connector.id)
            report = report_unplaced_secret
        self.remarks.append(report(secret.variable, first.place, share.connector.id, "service"))

    def _report_without_environment(
        self, service: Service, share: Share[ComposeSetting], parameters: Sequence[ComposeSetting]
    ) -> None:
        """Report the first needed one of the parameters that a service has no `environment` for.

        Its image may set it, so this is information only.
        """
        needed = next((each.variable for each in parameters if each.is_needed), None)
        if needed is not None:
            problem = f"'{service.name}' has secrets of '{share.connector.id}', but no `environment` with '{needed}'"
            finding = report_not_synced(service.keys[0].place, problem, "add the variable, unless the image sets it")
            self.remarks.append(finding._replace(severity=Severity.INFO))

    def _list_disabled(self, service: Service) -> set[str]:
        """Return the variables of settings that comments of a service have in place of entries or items."""
        parts = ((service.environment, NameKind.ENV), (service.secrets, NameKind.COMPOSE))
        names = (list_disabled(self.text, part, kind, self.connectors) for part, kind in parts if part is not None)
        return {*chain.from_iterable(names)}

    def _mount(
        self, container: Container, parts: Parts, share: Share[ComposeSetting], missing: Sequence[ComposeSetting]
    ) -> None:
        """Plan the secrets that a service gets as files."""
        beside = parts or dict(list_last(container))
        new = {
            each.variable: write_item(each.secret, each.each.comment, next(iter(beside.values()), None), self.text)
            for each in share.entries.values()
            if each.secret is not None
        }
        names = {each.variable for each in missing}
        self.planned += plan_missing(self.text, container, beside, new, names)
        added = (each for variable, each in share.entries.items() if variable in parts or variable in names)
        self.used |= {each.variable: each.secret for each in added if each.secret is not None}

    def _set_variables(
        self, container: Container, parts: Parts, share: Share[ComposeSetting], missing: Sequence[ComposeSetting]
    ) -> None:
        """Plan the variables of a service."""
        beside = parts or dict(list_last(container))
        examples: dict[bool, Parts] = {True: {}, False: {}}
        for variable, part in parts.items():
            alike = examples[share.entries[variable].secret is None]
            if len(alike) < _EXAMPLES:
                alike[variable] = part
        new = {
            variable: self._write_variable(container, each, examples[each.secret is None])
            for variable, each in share.entries.items()
        }
        self.planned += plan_missing(self.text, container, beside, new, {each.variable for each in missing})

    def _write_variable(self, container: Container, setting: ComposeSetting, examples: Parts) -> NewEntry:
        """Return a variable whose value is like that of one of the examples; else a reference or a default."""
        name, comment = setting.variable, setting.each.comment
        for variable, part in examples.items():
            node = part.node if isinstance(part, Entry) else part
            if isinstance(part, Entry) and isinstance(node, ScalarNode) and node.value is None:
                return NewEntry(name, (f"{name}:",), comment, None)
            replaced = replace_name(self.text, node, variable, name, is_needed=setting.each.is_needed)
            # In a list, the name is before the equals sign, too; a value without it is not like the new one.
            is_alike = isinstance(part, Entry) or not (get_text(node) or "").partition("=")[1]
            is_alike = is_alike or variable in (get_text(node) or "").partition("=")[2]
            if replaced is not None and is_alike:
                line = f"{name}: {replaced[0]}" if isinstance(part, Entry) else f"- {replaced[0]}"
                return NewEntry(name, (line,), comment, replaced[1])
        return write_default(setting, is_list=isinstance(container.node, ListNode))

    def _declare_secrets(self, node: Node, declared: Parts) -> None:
        """Plan the declarations of secrets that services use."""
        missing = self.used.keys() - declared.keys() - self.declared
        if not missing:
            return
        entry = find_entry(node, SECRETS)
        new = {variable: write_declaration(secret, declared, self.text) for variable, secret in self.used.items()}
        if entry is not None:
            container = Container(entry, (SECRETS,))
            parts = {variable: part for variable, part in declared.items() if variable in new}
            self.planned += plan_missing(self.text, container, parts or dict(list_last(container)), new, missing)
            return
        wanted = [each for variable, each in new.items() if variable in missing]
        lines = [f"{INDENT}{line}" for each in wanted for line in each.lines]
        line = len(self.text.text.rstrip().split("\n"))
        edit = insert_lines(self.text.path, self.text.lines, line, [*self._separate(node), f"{SECRETS}:", *lines])
        change = FirstChange(line, "", wanted[0].name, "entry")
        self.planned.append(Amendment(edit, change, (), {SECRETS: {each.name: each.value for each in wanted}}))

    def _separate(self, node: Node) -> Sequence[str]:
        """Return the empty line before a section of the file, if others have one."""
        entries = node.entries if isinstance(node, MapNode) else ()
        above = (self.text.lines[entry.place.line - 2] for entry in entries if entry.place.line > 1)
        return ("",) if any(not line.strip() for line in above) else ()

    def _report_unassigned(self, declared: Parts, used: Collection[str]) -> None:
        if self.variant == OVERRIDE:
            return
        for variable, part in declared.items():
            owned = self.connectors.identify(NameKind.ENV, variable)
            if isinstance(part, Entry) and variable not in used and owned is not None:
                self.remarks.append(report_unassigned_secret(part.key, part.place, owned.connector.id))


def find_compose_values(text: str, node: Node, context: Context) -> Iterator[Place]:
    """Yield the place of each value that may be secret."""
    del text
    yield from find_yaml_values(node, context.connectors)


COMPOSE_FORMAT: Final = Format(read_yaml, plan_compose, find_compose_values)
"""Compose files."""
