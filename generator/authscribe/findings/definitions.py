"""Every mistake an author or a workspace can make, one function each: code, wording, place and repair.

The reference of everything the program can complain about. Severities and long explanations are in `rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from authscribe.findings.finding import Finding, Label, Place
from authscribe.findings.rules import RULES

_NAMED: Final = 50
"""How many words a repair may name to choose from."""


def finding(
    code: str,
    place: Place,
    message: str,
    help: str,  # noqa: A002 - the field's name in reports
    *,
    labels: Sequence[Label] = (),
    scheme: str | None = None,
    connector: str | None = None,
    name: str | None = None,
) -> Finding:
    """The finding of a rule; its severity is that of the rule."""
    return Finding(
        code=code,
        severity=RULES[code].severity,
        message=message,
        place=place,
        help=help,
        labels=tuple(labels),
        scheme=scheme,
        connector=connector,
        name=name,
    )


def closest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for the nearest known word, else the known words, else nothing to choose from.

    Of very many words, as in a catalogue of another system, only the first are named.
    """
    # For mistakes alone; most runs have none.
    from difflib import get_close_matches

    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return f"use one of: {', '.join(words[:_NAMED])}{more}" if words else "there is none to choose from"


# Files as bytes


def unreadable_file(path: str, reason: str) -> Finding:
    """The operating system refused to give the file's bytes."""
    return finding(
        "unreadable-file",
        Place(path),
        f"the file cannot be read: {reason}",
        "check the path and its permissions",
    )


def not_utf8(place: Place) -> Finding:
    """The bytes at `place` are no UTF-8."""
    return finding("not-utf-8", place, "the file is not UTF-8 text from here on", "save the file as UTF-8")


def empty_file(path: str) -> Finding:
    """A source without content would silently remove everything it used to define."""
    return finding("empty-file", Place(path), "the file is empty", "restore the file, or take it out of the sources")


def too_large(path: str, *, size: int, limit: int, unit: str = "bytes") -> Finding:
    """A source over the size limit; both in `unit`."""
    return finding(
        "too-large",
        Place(path),
        f"the source has {size} {unit}, more than the limit of {limit}",
        "split it into smaller files",
    )


def long_line(place: Place, *, length: int, limit: int) -> Finding:
    """A line of a page over the limit; both in characters."""
    return finding(
        "too-large", place, f"the line has {length} characters, more than the limit of {limit}", "break the line"
    )


def too_deep(place: Place, *, limit: int) -> Finding:
    """Nesting over the limit, refused before a parser could fail on it."""
    return finding("too-deep", place, f"the nesting is deeper than {limit} levels", "flatten the document")


def unknown_format(path: str, known: Iterable[str]) -> Finding:
    """No reader reads this kind of file."""
    return finding(
        "unknown-format",
        Place(path),
        "no reader knows this kind of file",
        f"use one of: {', '.join(sorted(known))}",
    )


def unknown_content(path: str, known: Iterable[str]) -> Finding:
    """No data format knows what this document holds."""
    return finding(
        "unknown-content",
        Place(path),
        "no reader knows what this file holds",
        f"say what it is: --source-format {'|'.join(known)}",
    )


def not_carried_over(key: str, reason: str, place: Place) -> Finding:
    """A key of a source that the document made of it does not hold."""
    return finding(
        "not-carried-over",
        place,
        f"'{key}' is not carried over: {reason}",
        "keep the source, or state it by hand in what was made",
    )


def withheld(key: str, place: Place) -> Finding:
    """A key of a source whose value may be a secret, which no document that is made of it holds."""
    found = not_carried_over(key, "it may be the value of a secret", place)
    return found._replace(help="where it is one, keep it in a store of secrets; it belongs in no definition")


# Structured text


def syntax_error(place: Place, language: str, problem: str) -> Finding:
    """The text is not in the language that its file name promises."""
    return finding(
        "syntax-error",
        place,
        f"this is not valid {language}: {problem}",
        f"correct the {language} syntax here",
    )


def merge_markers(place: Place) -> Finding:
    """What version control writes where two sides of a merge differ; a reader could take one of them, or neither."""
    return finding(
        "syntax-error", place, "this file has merge markers, from here on",
        "keep what is right of both sides, and remove the markers",
    )  # fmt: skip


def duplicate_key(key: str, place: Place, first: Place) -> Finding:
    """One mapping with the same key twice; parsers that keep the last one would hide the first."""
    return finding(
        "duplicate-key", place, f"the key '{key}' is here a second time", "keep one of the two",
        labels=(Label(first, "first here"),), name=key,
    )  # fmt: skip


def unsupported_yaml(place: Place, what: str) -> Finding:
    """A YAML feature that is not read: tags, several documents; in definitions of ours also anchors and merge keys."""
    return finding("unsupported-yaml", place, f"{what} are not read here", "write the value out")


def unknown_key(key: str, place: Place, known: Iterable[str]) -> Finding:
    """A key that the format does not have."""
    return finding("unknown-key", place, f"unknown key '{key}'", closest(key, known), name=key)


def missing_key(key: str, place: Place) -> Finding:
    """A key that the format asks for."""
    return finding("missing-key", place, f"the key '{key}' is missing", f"add '{key}'", name=key)


def wrong_value(key: str, place: Place, problem: str) -> Finding:
    """A value that the format does not allow; `problem` never quotes the value."""
    return finding(
        "wrong-value", place, f"the value of '{key}' is not allowed: {problem}", "correct the value", name=key
    )


def unknown_value(key: str, value: str, place: Place, known: Iterable[str]) -> Finding:
    """A word where the format has a closed list of words."""
    return finding("wrong-value", place, f"'{value}' is no value of '{key}'", closest(value, known), name=key)


def not_a_mapping(place: Place, what: str) -> Finding:
    """Something else stands where a mapping is asked for."""
    return finding("wrong-value", place, f"{what} is not a mapping", "write it as `key: value` entries")


# Pages


def broken_table(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A table in a scheme's section that is no valid table."""
    return finding(
        "broken-table", place, f"the table of this scheme cannot be read: {problem}",
        "correct the table: its rows are part of the page, and each has as many cells as the header", scheme=scheme,
    )  # fmt: skip


def unclear_table(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A table that looks like a scheme's but does not say what it lists."""
    return finding(
        "unclear-table", place, f"this looks like a table of secrets, but {problem}",
        "say before the table whether these secrets are required or injected, and name the columns Property, "
        "Description and Type", scheme=scheme,
    )  # fmt: skip


def unclear_row(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A row in a table of a scheme that is not about one secret."""
    return finding(
        "unclear-table", place, f"in a table of secrets {problem}",
        "give each secret a row of its own, with nothing but its name in the column of names", scheme=scheme,
    )  # fmt: skip


def uneven_row(place: Place, cells: int, columns: int, *, scheme: str | None) -> Finding:
    """A row in a table of a scheme whose cells are not under the headings."""
    return finding(
        "unclear-table", place,
        f"in a table of secrets this row has {cells} cell{'s' * (cells != 1)}, and the header {columns}",
        "give the row a cell for each column; in Markdown, a bar within a cell is written \\|", scheme=scheme,
    )  # fmt: skip


def unknown_type(label: str, place: Place, known: Iterable[str]) -> Finding:
    """A type that no target knows; it is documented as written and treated as text."""
    return finding("unknown-type", place, f"unknown type '{label}', treated as string", closest(label, known))


def suggested_extends(scheme: str, base: str, place: Place) -> Finding:
    """The prose calls the scheme a form of another one, the tables do not."""
    return finding(
        "suggested-extends", place, f"the text calls '{scheme}' a form of '{base}', but it does not extend it",
        f"add `refine: [{{id: {scheme}, extends: {base}}}]` to a definition file, if it is so", scheme=scheme,
    )  # fmt: skip


def table_not_rewritten(place: Place, problem: str, scheme: str) -> Finding:
    """A table in a page that is not as the catalogue has it, and that cannot be brought in line; nothing is changed."""
    return finding(
        "table-not-rewritten", place, f"this table is not up to date, and cannot be rewritten: {problem}",
        "bring it in line by hand, or put a generated table between markers", scheme=scheme,
    )  # fmt: skip


def unpaired_marker(what: str, place: Place) -> Finding:
    """A marker without its partner; what it encloses is not known."""
    partner = "end" if what == "begin" else "begin"
    return finding(
        "unpaired-marker", place, f"this marker has no `authscribe:{partner}`", f"add `authscribe:{partner}`"
    )


# Names


def bad_id(identifier: str, place: Place) -> Finding:
    """An id that cannot be a file name on every system."""
    return finding(
        "bad-id", place, f"'{identifier}' cannot be an id",
        "use lower-case letters, digits, '_', '.', '-'; begin with a letter or digit; no device name", name=identifier,
    )  # fmt: skip


def unusable_name(name: str, place: Place, problem: str) -> Finding:
    """A name from which no target can derive one of its own."""
    return finding(
        "unusable-name",
        place,
        f"the name '{name}' {problem}",
        "use one printable line with ASCII letters or digits",
        name=name,
    )


def reserved_name(name: str, spelt: str, place: Place, problem: str) -> Finding:
    """A derived name that the generated code cannot use."""
    return finding(
        "reserved-name", place, f"'{name}' gives the attribute '{spelt}', which {problem}",
        f"choose the attribute: names: {{python: {spelt}_value}}", name=name,
    )  # fmt: skip


def name_clash(name: str, other: str, spelt: str, place: Place, first: Place) -> Finding:
    """Two different names that a target would spell the same."""
    return finding(
        "name-clash", place, f"'{name}' clashes with '{other}': both become '{spelt}'",
        "rename one, or choose its attribute with names: {python: ...}",
        labels=(Label(first, f"'{other}' is here"),), name=name,
    )  # fmt: skip


def duplicate_name(name: str, place: Place, first: Place) -> Finding:
    """One list with the same name twice."""
    return finding(
        "duplicate-name", place, f"'{name}' is listed a second time", "remove one of the two",
        labels=(Label(first, "first here"),), name=name,
    )  # fmt: skip


# Documents of other systems


def undeclared_name(what: str, name: str, place: Place, known: Iterable[str]) -> Finding:
    """A document of another system that refers to something of its own that it does not have; `what` names its kind."""
    return finding(
        "undeclared-name", place, f"the document has no {what} '{name}'",
        f"declare it in the document; {closest(name, known)}", name=name,
    )  # fmt: skip


def unfollowed_reference(name: str, place: Place) -> Finding:
    """A `$ref` out of its document, in a circle, or to nothing; what it stands for is left out."""
    return finding(
        "undeclared-name", place, f"'{name}' is a reference that leads to nothing in the document",
        "write out what it refers to", name=name,
    )  # fmt: skip


def operations_ask_otherwise(operations: Sequence[str], places: Sequence[Place]) -> Finding:
    """Operations with security of their own that none of the connector's methods satisfies."""
    some = ", ".join(operations[:3]) + (", ..." if len(operations) > 3 else "")
    times = "1 operation asks" if len(operations) == 1 else f"{len(operations)} operations ask"
    return finding(
        "security-differs", places[0], f"{times} for other security than the document: {some}",
        "add what they ask for to the `security` of the document, if it is a way to authenticate of its own",
        labels=[Label(place, "and here") for place in places[1:3]],
    )  # fmt: skip


def cannot_be_together(first: str, other: str, part: str, place: Place) -> Finding:
    """A requirement for two schemes of which each fills the same part of a request."""
    return finding(
        "security-differs", place,
        f"'{first}' and '{other}' both fill {part}, so that no request can have both; each is a way to choose from",
        "make each of them a requirement of its own in `security`", name=other,
    )  # fmt: skip


def security_never_asked_for(connector: str, places: Sequence[Place]) -> Finding:
    """Security schemes that are declared and that no requirement names."""
    return finding(
        "security-differs", places[0], "no `security` asks for what is declared here; each is a way to choose from",
        "add `security` to the document", labels=[Label(place, "and here") for place in places[1:3]],
        connector=connector,
    )  # fmt: skip


def sources_contradict(connector: str, stated: str, place: Place, other: str, other_place: Place) -> Finding:
    """Two documents about one connector that cannot both be right; what stands at `place` counts."""
    return finding(
        "security-differs", place, f"'{connector}' has {stated} here, which counts, and {other} in its other document",
        "make the two documents agree", labels=[Label(other_place, other)], connector=connector,
    )  # fmt: skip


# Values


def bad_pattern(name: str, dialect: str, problem: str, place: Place) -> Finding:
    """A pattern that one of the two dialects does not compile."""
    return finding(
        "bad-pattern", place, f"the pattern of '{name}' is no regular expression in {dialect}: {problem.lower()}",
        "write it with what Python and ECMAScript have in common", name=name,
    )  # fmt: skip


def slow_pattern(name: str, place: Place) -> Finding:
    """A pattern that backtracks without end on its own example."""
    return finding(
        "slow-pattern", place, f"the pattern of '{name}' takes too long on its own example or default",
        "repeat nothing that is repeated itself, as in (a+)+", name=name,
    )  # fmt: skip


def example_mismatch(name: str, what: str, place: Place) -> Finding:
    """An example or default (`what`) that its own pattern refuses; the value is not shown."""
    return finding(
        "example-mismatch", place, f"the {what} of '{name}' does not match its pattern",
        f"correct the pattern or the {what}", name=name,
    )  # fmt: skip


def default_not_allowed(name: str, problem: str, place: Place) -> Finding:
    """A default that could not be given as a value; it is not shown."""
    return finding(
        "default-not-allowed", place, f"the default of '{name}' {problem}",
        "choose a default that is allowed, or allow this one", name=name,
    )  # fmt: skip


def bad_address(role: str, problem: str, place: Place) -> Finding:
    """An endpoint that is no address over HTTPS once its variables are filled."""
    return finding(
        "bad-address", place, f"secrets cannot go to the {role} address: {problem}",
        "write https:// and a host, with ${name} for each variable part",
    )  # fmt: skip


def undeclared_in_address(name: str, role: str, place: Place, known: Iterable[str]) -> Finding:
    """An endpoint with a variable that is no parameter and no secret of the definition."""
    return finding(
        "undeclared-in-address", place, f"the {role} address has the variable '{name}', which nothing declares",
        f"declare a parameter of that name; {closest(name, known)}", name=name,
    )  # fmt: skip


def left_out(identifier: str, place: Place) -> Finding:
    """A definition that a run goes on without."""
    return finding(
        "left-out", place, f"'{identifier}' is left out, since it has mistakes",
        "correct them, or run without --keep-going to stop at them",
    )  # fmt: skip


# References between definitions


def conflicting_definitions(
    what: str, identifier: str, detail: str, place: Place, sides: Sequence[tuple[Place, str]]
) -> Finding:
    """Several sources define one thing and do not agree; `sides` is what each of them says, and where."""
    times = "twice" if len(sides) == 2 else f"{len(sides)} times"
    return finding(
        "conflicting-definitions", place, f"the {what} '{identifier}' is defined {times} and differs: {detail}",
        "make them agree, or turn all but one into entries under `refine`",
        labels=[Label(side, said) for side, said in sides], name=identifier,
    )  # fmt: skip


def unknown_reference(what: str, identifier: str, place: Place, known: Iterable[str]) -> Finding:
    """A reference to something that no source defines; `what` names its kind, such as `scheme`."""
    return finding(
        "unknown-reference",
        place,
        f"there is no {what} '{identifier}'",
        closest(identifier, known),
        name=identifier,
    )


def alias_chain(chain: Sequence[str], place: Place) -> Finding:
    """An alias of an alias in the catalogue of another system, which resolves it by the order of its file."""
    return finding(
        "alias-chain", place, f"an alias of an alias: {' -> '.join(chain)}",
        "name the last of them, or check that each one stands after the one that it names", name=chain[0],
    )  # fmt: skip


def cyclic_alias(chain: Sequence[str], place: Place) -> Finding:
    """An alias of itself through others; none of them says how it authenticates."""
    return finding(
        "cyclic-alias", place, f"the provider is an alias of itself: {' -> '.join(chain)}",
        "write out what one of them is", name=chain[0],
    )  # fmt: skip


def unknown_mode(mode: str, place: Place, known: Iterable[str]) -> Finding:
    """A way to authenticate that the reader of another system's catalogue does not know."""
    return finding(
        "unknown-mode", place, f"unknown mode '{mode}', read as custom", closest(mode, known), name=mode
    )  # fmt: skip


def undeclared_reference(reference: str, place: Place) -> Finding:
    """A template of another system names something that its definition does not declare."""
    return finding(
        "undeclared-name", place, f"nothing declares '{reference}', which is used here; it is asked for",
        "declare it in the definition, or correct the reference", name=reference,
    )  # fmt: skip


def cyclic_extends(chain: Sequence[str], place: Place) -> Finding:
    """A scheme that extends itself through others."""
    return finding("cyclic-extends", place, f"the scheme extends itself: {' -> '.join(chain)}", "remove one `extends`")


def scheme_or_methods(connector: str, place: Place) -> Finding:
    """A connector that says both `scheme` and `methods`, or neither."""
    return finding(
        "scheme-or-methods", place, f"the connector '{connector}' needs either `scheme` or `methods`",
        "keep `scheme` for one way to authenticate, `methods` for several", connector=connector,
    )  # fmt: skip


def bad_template(name: str, place: Place, problem: str) -> Finding:
    """A placement value that is no template."""
    return finding(
        "bad-template", place, f"the placement value of '{name}' is not a template: {problem}",
        "write {name} for a secret or parameter, and {{ or }} for a brace", name=name,
    )  # fmt: skip


def clashing_placements(slot: str, place: Place) -> Finding:
    """Two values for one slot of the request or of the platform's block."""
    return finding("clashing-placements", place, f"two placements fill {slot}", "keep one of the two", name=slot)


def no_placement(connector: str, place: Place) -> Finding:
    """A connector whose secrets nothing puts into a request."""
    return finding(
        "no-placement", place, f"nothing says where the secrets of '{connector}' go in a request",
        "add `placements` to the connector or its scheme", connector=connector,
    )  # fmt: skip


def unknown_secrecy(name: str, place: Place) -> Finding:
    """A value of which nobody said whether it is secret."""
    return finding(
        "unknown-secrecy", place, f"nothing says whether '{name}' is secret; it is treated as one",
        "set `secret` to yes or no",
        name=name,
    )  # fmt: skip


def copied_from_nothing(name: str, place: Place) -> Finding:
    """The text says that a secret is copied, but no required secret fits it."""
    return finding(
        "copied-from-nothing", place, f"the text says that '{name}' is copied, but no required secret fits",
        "name the required secret after it, or state `origin: {source: copied, required: ...}`", name=name,
    )  # fmt: skip


def breaking_change(message: str, place: Place, users: Sequence[str]) -> Finding:
    """A difference between two sets of definitions after which something does not work that did."""
    return finding("breaking-change", place, message, _concerned(users))


def definition_changed(message: str, place: Place, users: Sequence[str]) -> Finding:
    """A difference between two sets of definitions after which everything works that did."""
    return finding("definition-changed", place, message, _concerned(users))


def _concerned(users: Sequence[str]) -> str:
    return f"it concerns {', '.join(users)}" if users else "no connector uses it"


# The workspace


def plugin_failed(name: str, problem: str, place: Place) -> Finding:
    """A reader, target or folder of templates of another package that cannot be used."""
    return finding(
        "plugin-failed", place, f"the plugin '{name}' cannot be used: {problem}",
        "tell those who made it, or do without it", name=name,
    )  # fmt: skip


def nothing_defined(place: Place) -> Finding:
    """Sources without any scheme or connector; going on would remove every output."""
    return finding(
        "nothing-defined", place, "the sources define no scheme and no connector",
        "name a page with scheme tables or a definition file with --source, or run: authscribe init",
    )  # fmt: skip


def no_such_source(place: Place, pattern: str) -> Finding:
    """A source path or pattern that matches no file."""
    return finding(
        "no-such-source",
        place,
        f"no file matches '{pattern}'",
        "correct the path, or remove it from the sources",
    )


def bad_template_file(place: Place, problem: str) -> Finding:
    """A user's own template that cannot be rendered."""
    return finding(
        "template-error",
        place,
        f"the template cannot be rendered: {problem}",
        "correct the template, or remove it to use the built-in one",
    )


def bad_lock(place: Place, problem: str) -> Finding:
    """A lock file that is not ours to read."""
    return finding(
        "bad-lock",
        place,
        f"the lock file cannot be used: {problem}",
        "restore it from version control, or delete it and generate with --force",
    )


def refused_path(path: str, problem: str) -> Finding:
    """An output path that is not safe to write."""
    return finding(
        "refused-path",
        Place(path),
        f"nothing is written there: {problem}",
        "choose an output folder that holds nothing else",
    )


def busy(path: str) -> Finding:
    """Another run holds the output folder."""
    return finding(
        "busy",
        Place(path),
        "another run is writing to this output folder",
        "wait for it to end, then run again",
    )


def process_lost() -> Finding:
    """A process that shared the work is gone; nothing was written."""
    return finding(
        "process-lost",
        Place("--jobs"),
        "a process that was making files was killed before it was done, and nothing was written",
        "the system may have run out of memory: use fewer processes, such as --jobs 1",
    )


def disk_error(path: str, reason: str, what: str) -> Finding:
    """The operating system refused that an output is `what`, written or read; nothing was half written."""
    return finding(
        "disk-error",
        Place(path),
        f"the output cannot be {what}: {reason}",
        "make room or correct the permissions, then run again",
    )


def unknown_platform(name: str, known: Iterable[str]) -> Finding:
    """A platform profile that neither the sources nor the tool have."""
    return finding(
        "unknown-reference",
        Place("--platform"),
        f"there is no platform '{name}'",
        closest(name, known),
        name=name,
    )
