"""Shapes of input that grow: each once took quadratic time or memory, or would with the obvious code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Each(NamedTuple):
    """Text that is repeated: `@` is the number of the repetition, and `@+1` the next one.

    With `is_line`, repetitions share lines that are as long as those of a page may be.
    """

    item: str
    separator: str = ""
    is_line: bool = False

    def repeat(self, count: int) -> str:
        """Return so many repetitions."""
        items = [self.item.replace("@+1", str(i + 1)).replace("@", str(i)) for i in range(count)]
        if not self.is_line:
            return self.separator.join(items)
        width = 9_000 // len(self.item)
        return "\n".join("".join(items[i : i + width]) for i in range(0, count, width))


class Shape(NamedTuple):
    """Files that grow, the command that reads them, and the number of repetitions at the smallest size."""

    command: str
    files: Mapping[str, tuple[str | Each, ...]]
    start: int = 25

    @property
    def arguments(self) -> list[str]:
        """Arguments of the command, whose work no cache and no other process takes over."""
        alone = ("--no-cache", "--jobs", "1") if self.command.startswith("check") else ()
        return [*self.command.split(), *alone]

    def write(self, folder: Path, count: int) -> None:
        """Write the files with so many repetitions."""
        for path, parts in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text("".join(part if isinstance(part, str) else part.repeat(count) for part in parts))


def check(path: str, *parts: str | Each, start: int = 25) -> Shape:
    return Shape(f"check --source {path} --out-dir out --target sesam", {path: parts}, start)


def yaml(*parts: str | Each, start: int = 25) -> Shape:
    return check("s.yaml", *parts, start=start)


def page(path: str, *parts: str | Each, start: int = 25) -> Shape:
    return check(path, _TITLES[path], *parts, start=start)


def docs(path: str, *parts: str | Each) -> Shape:
    return Shape(f"docs {path} --source s.yaml --check", {path: parts, "s.yaml": (SCHEME, DESCRIBED)}, 8)


SYSTEM = '{"_id": "x", "type": "system:rest"}'


def lint(
    manifest: str | Each,
    template: tuple[str | Each, ...],
    system: tuple[str | Each, ...] = (SYSTEM,),
    start: int = 25,
) -> Shape:
    files: dict[str, tuple[str | Each, ...]] = {
        "s.yaml": ("schemes:\n  - id: api_key\n    required: [{name: key}]\n    injected: [{name: token}]\n",),
        "c/manifest.json": ('{"additional_parameters": {', manifest, "}, ", MANIFEST),
        "c/templates/item.json": template,
        "c/templates/system.json": system,
    }
    return Shape("lint --source s.yaml c", files, start)


def target(name: str, *parts: str | Each, start: int = 15) -> Shape:
    return Shape(f"check --source s.yaml --out-dir out --target {name}", {"s.yaml": parts}, start)


def openapi(*parts: str | Each, start: int = 15) -> Shape:
    return check("o.json", '{"openapi": "3.1.0", "info": {"title": "A"}, "paths": {}, ', *parts, "}", start=start)


def airbyte(authenticator: tuple[str | Each, ...], *properties: str | Each, start: int = 8) -> Shape:
    return check(
        "a/manifest.json", '{"type": "DeclarativeSource", "streams": [{"retriever": {"requester": {"authenticator": {',
        *authenticator, '}}}}], "spec": {"connection_specification": {"type": "object", "properties": {', *properties,
        "}}}}", start=start,
    )  # fmt: skip


def nango(*parts: str | Each, start: int = 15) -> Shape:
    return check("p.yaml", "p0:\n  display_name: P\n  auth_mode: API_KEY\n", *parts, start=start)


def n8n(*parts: str | Each, start: int = 15) -> Shape:
    return check("n.json", "[", *parts, "]", start=start)


def credential_type(name: str, parent: str = "", properties: str = "") -> str:
    parents = f'"{parent}"' if parent else ""
    return f'{{"name": "{name}", "displayName": "T", "extends": [{parents}], "properties": [{properties}]}}'


def power_platform(*parts: str | Each, start: int = 15) -> Shape:
    return check("C/apiProperties.json", '{"properties": {', *parts, "}}", start=start)


def postman(variables: tuple[str | Each, ...], *items: str | Each, start: int = 8) -> Shape:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return check(
        "p.json", f'{{"info": {{"name": "A", "schema": "{schema}"}}, "variable": [', *variables, '], "item": [',
        *items, "]}", start=start,
    )  # fmt: skip


def meltano(*parts: str | Each, start: int = 15) -> Shape:
    return check("tap.yml", "name: tap\nnamespace: tap\npip_url: tap\n", *parts, start=start)


def sync(path: str, *parts: str | Each, start: int = 25) -> Shape:
    connector = "connectors: [{id: c, scheme: s}]\n"
    files = {path: parts, "s.yaml": (SCHEME, DESCRIBED, connector)}
    return Shape(f"sync {path} --source s.yaml --check", files, start)


_TITLES = {"p.rst": "Foo\n===\n\n", "p.md": "# Foo\n\n"}
SCHEME = "schemes:\n  - id: s\n    required:\n"
NAMED = Each("      - name: key@\n")
DESCRIBED = Each('      - {name: k@, title: x, description: "d@"}\n')
LEAD = "These secrets are required:\n\n"
MANIFEST = (
    '"datatypes": {"item": {"template": "templates/item.json"}}, "auth": "api_key",'
    ' "system-template": "templates/system.json"}'
)
LIST_TABLE = f"S\n=\n\n{LEAD}.. list-table::\n   :header-rows: 1\n\n   * - Property\n     - Description\n"
PIPE_TABLE = f"# S\n\n{LEAD}| Property | Description |\n| --- | --- |\n"

SECURITY_SCHEMES = '"components": {"securitySchemes": {'
KEY_SCHEME = '"s@": {"type": "apiKey", "in": "header", "name": "X-@"}'
SECRET_SETTING = '"k@": {"type": "string", "airbyte_secret": true}'
SELECTION = (
    '"type": "SelectiveAuthenticator", "authenticator_selection_path": ["t"], "authenticators": {',
    Each('"v@": {"type": "BearerAuthenticator", "api_token": "{{ config[\'k@\'] }}"}', ", "),
    "}",
)
ALTERNATIVES = (
    '"c": {"type": "object", "oneOf": [',
    Each(f'{{"properties": {{"t": {{"const": "v@"}}, {SECRET_SETTING}}}}}', ", "),
    "]}",
)
PROPERTY = (
    '{"displayName": "K", "name": "k@", "type": "string", "default": "", "typeOptions": {"password": true},'
    ' "description": "d", "hint": "h"}'
)
SECURE = '"k@": {"type": "securestring"}'
POLICY = (
    '{"templateId": "setheader", "parameters": {"x-ms-apimTemplateParameter.name": "X-@",'
    ' "x-ms-apimTemplateParameter.value": "HOLE"}}'
)
REQUEST = (
    '{"name": "r@", "request": {"url": "https://x.y", "auth": {"type": "bearer",'
    ' "bearer": [{"key": "token", "value": "{{t@}}"}]}}}'
)
LOGIN = (
    '{"name": "l@", "event": [{"listen": "test", "script": {"exec": ["pm.environment.set(\'t\', a.b);'
    ' pm.environment.set(\'r@Token\', a.b)"]}}], "request": {"url": "https://x.y/login", "method": "POST",'
    ' "body": {"mode": "raw", "raw": "{\\"refreshToken\\": \\"{{r@Token}}\\"}"}}}'
)
COPIED = Each("      - {name: key@, origin: {source: copied, required: key@}}\n")
PLACED = Each("      - {in: header, name: X-@, value: '{key@}'}\n")
KEYS = Each(
    "  - {id: s@, title: T, required: [{name: key@}], injected: [{name: key@}],"
    " placements: [{in: header, name: X-@, value: '{key@}'}]}\n"
)
METHODS = Each("      - {id: m@, schemes: [s@]}\n")

SHAPES: Mapping[str, Shape] = {
    "JSON: blanks before a mistake": check("s.json", '{"schemes": [', Each(" "), "x]}", start=2000),
    "JSON: unterminated strings": check("s.json", '{"a": "', Each('\n"a'), start=1000),
    "JSON: duplicate keys": check("s.json", "{", Each('"k": 1', ","), "}", start=100),
    "TOML: strings on one line": check("s.toml", "a = [", Each('"x@", '), "]\n", start=50),
    "TOML: strings with escapes": check("s.toml", "a = [", Each('"\\u0061@", '), "]\n", start=50),
    "TOML: dotted key": check("s.toml", Each('"a".'), start=250),
    "TOML: tables": check("s.toml", Each('[[schemes]]\nid = "s@"\n'), start=25),
    "YAML: beginnings of JSON Web Tokens": yaml(f"{SCHEME}      - name: a\n# ", Each("eyJaaa"), "\n", start=200),
    "YAML: unusable names": yaml(SCHEME, Each('      - name: "a\\n@"\n')),
    "YAML: reserved names": yaml(SCHEME, Each("      - name: model_@\n")),
    "YAML: clashing names": yaml(SCHEME, Each("      - name: a-b@\n      - name: a_b@\n")),
    "YAML: refused names": yaml(SCHEME, Each('      - {name: a@, names: {env: "x y"}}\n')),
    "YAML: one stated name": yaml(SCHEME, Each("      - {name: a@, names: {env: SAME}}\n")),
    "YAML: unknown schemes": yaml(
        "schemes:\n", Each("  - id: s@\n"), "connectors:\n", Each("  - {id: c@, scheme: x@}\n"), start=150
    ),
    "YAML: unknown parents": yaml("schemes:\n", Each("  - {id: s@, extends: x@}\n"), start=150),
    "YAML: unknown successors": yaml("schemes:\n", Each("  - {id: s@, successor: x@}\n"), start=150),
    "YAML: unknown keys": yaml("schemes:\n  - id: s\n", Each("    key@: 1\n")),
    "YAML: unknown origins": yaml(
        SCHEME, NAMED, "    injected:\n", Each("      - {name: t@, origin: {required: x@}}\n"), start=150
    ),
    "YAML: unknown holes": yaml(
        SCHEME, NAMED, "    placements:\n", Each('      - {in: header, name: X@, value: "{z@}"}\n'), start=75
    ),
    "YAML: undeclared variables": Shape(
        "lint --source s.yaml",
        {
            "s.yaml": (
                SCHEME,
                NAMED,
                '    endpoints: {base: {url: "https://x/',
                Each("${v@}"),
                '"}}\n',
            )
        },
        150,
    ),
    "YAML: duplicate keys": yaml(Each("k: 1\n"), start=100),
    "YAML: shared aliases": yaml("schemes:\n", Each("  - {id: s@, aliases: [x]}\n")),
    "YAML: chain of extends": yaml(
        "schemes:\n  - id: s0\n", Each("  - id: s@+1\n    extends: s@\n    required: [{name: k@}]\n"), start=60
    ),
    "YAML: children of one scheme": yaml(SCHEME, NAMED, Each("  - {id: c@, extends: s}\n"), start=40),
    "YAML: circle of extends": yaml("schemes:\n  - {id: s0, extends: s1}\n", Each("  - {id: s@+1, extends: s@}\n")),
    "YAML: connectors of one scheme": yaml(
        SCHEME, NAMED, "connectors:\n", Each("  - {id: c@, scheme: s}\n"), start=40
    ),
    "YAML: methods of many schemes": yaml(
        "schemes:\n",
        Each("  - {id: s@, required: [{name: k@}]}\n"),
        "connectors:\n  - id: c\n    methods:\n",
        Each("      - {id: m@, schemes: [s@]}\n"),
        start=15,
    ),
    "YAML: method of many schemes": yaml(
        "schemes:\n",
        Each("  - {id: s@, required: [{name: k@}]}\n"),
        "connectors:\n  - id: c\n    methods:\n      - {id: m, schemes: [",
        Each("s@", ", "),
        "]}\n",
        start=15,
    ),
    "YAML: visible_when": yaml(
        "schemes:\n  - id: s\n    parameters:\n      - {name: m, enum: [",
        Each("{value: v@}", ", "),
        "]}\n",
        Each("      - {name: p@, visible_when: {m: [v@]}}\n"),
    ),
    "YAML: refinements": yaml("schemes:\n", Each("  - id: s@\n"), "refine:\n", Each("  - {id: s@, title: x}\n")),
    "YAML: refinements of one scheme": yaml(
        SCHEME, NAMED, "refine:\n", Each("  - {id: s, required: [{name: key@, title: x}]}\n"), start=40
    ),
    "YAML: unknown renames": yaml(
        SCHEME, NAMED, "refine:\n  - id: s\n    rename:\n", Each("      a@: b@\n"), start=150
    ),
    "YAML: unknown removals": yaml(
        SCHEME, NAMED, "refine:\n  - id: s\n    remove:\n", Each("      - x@\n"), start=150
    ),
    "YAML: added secrets": yaml(
        SCHEME, NAMED, "refine:\n  - id: s\n    required:\n", Each("      - name: b@\n"), start=150
    ),
    "YAML: definitions of one scheme": yaml("schemes:\n", Each("  - {id: s, title: t@}\n")),
    "YAML: scheme after scheme left out": Shape(
        "check --source s.yaml --out-dir out --target sesam --keep-going",
        {"s.yaml": ("schemes:\n  - {id: s0, extends: x}\n", Each("  - {id: s@+1, extends: s@}\n"))},
        30,
    ),
    "RST: roles": page("p.rst", Each(":r:`x` ", is_line=True), start=75),
    "RST: open roles": page("p.rst", Each(":r:`x ", is_line=True), start=75),
    "RST: backticks": page("p.rst", Each("`a ", is_line=True), start=75),
    "RST: stars": page("p.rst", Each("*a ", is_line=True), start=75),
    "RST: colons": page("p.rst", Each(":a", is_line=True), start=75),
    "RST: targets": page("p.rst", Each(".. _t@: http://x\n")),
    "RST: wide grid table": page(
        "p.rst", LEAD, "+", Each("---+"), "\n|", Each(" a |"), "\n+", Each("===+"), "\n|", Each(" b |"), "\n+",
        Each("---+"), "\n",
    ),
    "RST: wide simple table": page(
        "p.rst", LEAD, Each("=  "), "\n", Each("a  "), "\n", Each("=  "), "\n", Each("b  "), "\n", Each("=  "), "\n"
    ),
    "RST: long list-table": page("p.rst", LIST_TABLE, Each("   * - ``a@``\n     - b\n"), start=10),
    "RST: defaults in a cell": page(
        "p.rst", LIST_TABLE, "   * - ``a``\n     - b\n", Each("       default: ``b@`` or c\n"), start=50
    ),
    "RST: definitions of labels": page("p.rst", LEAD, Each("Label @ b\n   c\n\n"), start=15),
    "RST: comments": page("p.rst", Each("..\n\n"), start=15),
    "RST: includes": page("p.rst", LEAD, Each(".. include:: x\n\n"), start=15),
    "Markdown: lists in items": page("p.md", Each("- The owner must provide these secrets:\n  - `a@`: b\n"), start=15),
    "Markdown: sentence about secrets": page(
        "p.md", "# A\n\n", Each("required\n"), "secrets:\n\n| Name | Purpose |\n| --- | --- |\n| k | v |\n", start=150
    ),
    "Markdown: directives with names": page("p.md", LEAD, Each("```{confval} a@\n:type: x\n\nb\n```\n"), start=10),
    "RST: rows by supplier": page(
        "p.rst", LEAD, ".. csv-table::\n   :header: Name, Supplied by\n\n", Each("   a@, owner\n   b@, platform\n"),
        start=15,
    ),
    "Markdown: eval-rst": page("p.md", Each("```{eval-rst}\nx\n```\n\n"), start=10),
    "Markdown: directives": page("p.md", Each("```{note}\nx\n```\n\n"), start=10),
    "Markdown: markers": page("p.md", Each("<!-- authscribe:begin x -->\n"), start=50),
    "Markdown: autolinks": page("p.md", Each("<http://x.y> ", is_line=True), start=50),
    "Markdown: HTML": page("p.md", Each("<p>x</p>\n\n"), start=50),
    "Markdown: headings in HTML": page("p.md", "<div>\n", Each("<h2>x</h2>\n"), start=50),
    "Markdown: tags": page("p.md", Each("<a><b>", is_line=True), start=50),
    "Markdown: open comments": page("p.md", Each("a <!-- ", is_line=True), start=50),
    "Markdown: emphasis": page("p.md", Each("*a **b ", is_line=True), start=50),
    "Markdown: entities": page("p.md", Each("&amp;", is_line=True), start=100),
    "Markdown: brackets": page("p.md", Each("[", is_line=True), start=50),
    "Markdown: wide table": page("p.md", LEAD, "|", Each(" a |"), "\n|", Each("---|"), "\n|", Each(" b |"), "\n"),
    "Markdown: cells of several rows": page(
        "p.md", LEAD, "<table>\n<tr><th>Name</th></tr>\n<tr>", Each("<td rowspan='99'>a</td>"), "</tr>\n", "</table>\n"
    ),
    "Markdown: headings of several columns": page(
        "p.md", LEAD, "<table>\n<tr>", Each("<th colspan='2'>a</th>"), "</tr>\n<tr>", Each("<th>b</th>"), "</tr>\n",
        "</table>\n", start=50,
    ),
    "Markdown: headings of several columns and rows": page(
        "p.md", LEAD, "<table>\n", Each("<tr><th colspan='99' rowspan='99'>a</th></tr>\n"), "<tr><td>a</td></tr>\n",
        "</table>\n",
    ),
    "Markdown: tabs": page("p.md", Each("<TabItem value='a'>\n\n</TabItem>\n\n"), start=20),
    "YAML: methods that repeat parameters": yaml(
        "schemes:\n", Each("  - {id: s@, required: [{name: k@}]}\n"), "connectors:\n  - id: c\n    methods:\n", METHODS,
        "    parameters:\n", Each("      - name: p@\n"), start=40,
    ),
    "YAML: placements": yaml(SCHEME, NAMED, "    injected:\n", COPIED, "    placements:\n", PLACED, start=100),
    "OpenAPI: schemes": openapi(SECURITY_SCHEMES, Each(KEY_SCHEME, ", "), "}}", start=30),
    "OpenAPI: requirement of many schemes": openapi(
        SECURITY_SCHEMES, Each(KEY_SCHEME, ", "), '}}, "security": [{', Each('"s@": []', ", "), "}]"
    ),
    "OpenAPI: alternatives in one requirement": openapi(
        SECURITY_SCHEMES, Each(KEY_SCHEME, ", "), ", ", Each('"b@": {"type": "http", "scheme": "basic"}', ", "),
        '}}, "security": [{', Each('"s@": [], "b@": []', ", "), "}]", start=20,
    ),
    "OpenAPI: variables of the server": openapi(
        '"servers": [{"url": "https://x/', Each("{v@}"), '"}], ', SECURITY_SCHEMES, Each(KEY_SCHEME, ", "), "}}",
        start=30,
    ),
    "OpenAPI: words that must not be sent": check(
        "o.json", '{"openapi": "3.1.0", "info": {"title": "A"}, "paths": {}, ', SECURITY_SCHEMES,
        '"k": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "',
        Each("no bearer your_token1, "), '"}}}}', start=50,
    ),
    "OpenAPI: words around the name of a scheme": check(
        "o.json", '{"openapi": "3.1.0", "info": {"title": "A"}, "paths": {}, ', SECURITY_SCHEMES,
        '"k": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "', Each("oauth  "), 'x"}}}}',
    ),
    "OpenAPI: mistaken schemes": openapi(SECURITY_SCHEMES, Each('"s@": {"type": "x"}', ", "), "}}"),
    "Airbyte: selection": airbyte(SELECTION, Each(SECRET_SETTING, ", ")),
    "Airbyte: selection of alternatives": airbyte(SELECTION, *ALTERNATIVES, start=5),
    "Airbyte: selection with common settings": airbyte(SELECTION, Each('"p@": {"type": "string"}', ", "), start=10),
    "Airbyte: alternatives with common settings": airbyte(
        (), Each('"p@": {"type": "string"}, '), *ALTERNATIVES, start=10
    ),
    "Airbyte: properties": airbyte((), Each(SECRET_SETTING, ", "), start=250),
    "Airbyte: conditions": airbyte(
        (), '"c": {"type": "object", "oneOf": [', Each('{"properties": {"t": {"const": "v@"}}}', ", "), "]}", start=15
    ),
    "Airbyte: references": check(
        "a/manifest.json", '{"type": "DeclarativeSource", "definitions": {',
        Each('"d@": {"retriever": {"requester": {"url_base": "https://x.y"}}}', ", "), '}, "streams": [',
        Each('{"$ref": "#/definitions/d@"}', ", "), "]}", start=20,
    ),
    "Nango: unknown aliases": nango(Each("p@+1: {display_name: A, alias: z@}\n"), start=150),
    "Nango: aliases of one provider": nango(
        "  credentials:\n", Each("    k@: {type: string, title: t, description: d, pattern: p, example: e, order: 1}\n"),
        Each("p@+1: {display_name: A, alias: p0}\n"), start=12,
    ),
    "Nango: chain of aliases": nango(Each("p@+1: {display_name: A, alias: p@, k@: {a: v, b: v, c: v}}\n"), start=50),
    "n8n: chain of extends": n8n(
        credential_type("t0", "", PROPERTY), Each(f', {credential_type("t@+1", "t@", PROPERTY)}'), start=15
    ),
    "n8n: children of one type": n8n(
        '{"name": "p", "displayName": "T", "properties": [', Each(PROPERTY, ", "), "]}",
        Each(f', {credential_type("c@", "p")}'), start=10,
    ),
    "n8n: conditions": n8n(
        '{"name": "c", "displayName": "T", "properties": [', Each(
            '{"name": "k@", "displayName": "K", "type": "string", "typeOptions": {"password": true}, '
            '"displayOptions": {"show": {"k@+1": ["x"]}}}', ", "
        ), "]}",
    ),
    "n8n: unknown parents": n8n(Each(credential_type("c@", "z@"), ", "), start=40),
    "n8n: grants": n8n(
        '{"name": "oAuth2Api", "displayName": "T", "properties": [',
        '{"displayName": "G", "name": "grantType", "type": "options", "default": "g0", "options": [',
        Each('{"name": "G@", "value": "g@"}', ", "), "]}", Each(f", {PROPERTY}"), "]}", start=15,
    ),
    "Power Platform: policies": power_platform(
        '"connectionParameters": {', Each(SECURE, ", "), '}, "policyTemplateInstances": [',
        Each(POLICY.replace("HOLE", "\\u0040connectionParameters('k@')"), ", "), "]",
    ),
    "Power Platform: sets with policies": power_platform(
        '"connectionParameterSets": {"values": [', Each(f'{{"name": "s@", "parameters": {{{SECURE}}}}}', ", "),
        ']}, "policyTemplateInstances": [', Each(POLICY.replace("HOLE", "\\u0040connectionParameters('z@')"), ", "), "]",
        start=10,
    ),
    "Power Platform: values that double": power_platform(
        '"policyTemplateInstances": [', POLICY.replace("-@", "-0").replace("HOLE", "\\u0040connectionParameters('k')"),
        Each(", " + POLICY.replace("-@", "-@+1").replace("HOLE", "\\u0040{headers('X-@')}" * 2)), "]", start=5,
    ),
    "Power Platform: variables of a template": check(
        "t.json", '{"variables": {"v0": "x"', Each(""", "v@+1": "[concat(variables('v@'), variables('v@'))]\""""),
        '}, "resources": [{"type": "Microsoft.Web/customApis", "name": "a", "properties": {"connectionParameters": {',
        Each(""""k@": {"type": "securestring", "description": "[variables('v@')]"}""", ", "), "}}}]}", start=15,
    ),
    "Power Platform: logins": power_platform(
        '"connectionParameters": {', Each('"k@": {"type": "oauthSetting", "oAuthSettings": {}}', ", "), "}", start=30),
    "Power Platform: fields of the token request": power_platform(
        '"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "oauth2generic",',
        ' "customParameters": {', Each('"c@": {"value": "x"}', ", "), ', "tokenUrlTemplate": {"value": "https://a.b"}',
        ', "tokenBodyTemplate": {"value": "', Each("&f@={c@}&g@={v@}"), '"}}}}}', start=30,
    ),
    "Power Platform: keys of the Swagger document": Shape(
        "check --source C --out-dir out --target sesam",
        {
            "C/apiProperties.json": ('{"properties": {"connectionParameters": {', Each(SECURE, ", "), "}}}"),
            "C/apiDefinition.swagger.json": (
                '{"swagger": "2.0", "info": {"title": "S"}, "securityDefinitions": {', Each(KEY_SCHEME, ", "),
                '}, "security": [{', Each('"s@": []', ", "), "}]}",
            ),
        },
        15,
    ),
    "Postman: requests and variables": postman((Each('{"key": "v@"}', ", "),), Each(REQUEST, ", "), start=30),
    "Postman: requests and secret variables": postman(
        (Each('{"key": "v@", "type": "secret"}', ", "),), Each(REQUEST, ", "), start=10
    ),
    "Postman: logins": postman(
        (), Each(LOGIN, ", "), ", ", REQUEST.replace("@", ""), start=5
    ),
    "Meltano: marks after a value in a text": check(
        "m.json", '{"name": "tap-m", "namespace": "m", "settings": [], "label": "token=a1', Each("."), '"}',
        start=250,
    ),
    "Meltano: groups and other settings": meltano(
        "settings:\n", Each("  - {name: k@, sensitive: true}\n  - name: p@\n"), "settings_group_validation:\n",
        Each("  - [k@]\n"), start=15,
    ),
    "Meltano: variants with common facts": check(
        "d.yml", "extractors:\n  - name: tap\n    namespace: tap\n", Each("    e@: {a: v, b: v, c: v}\n"), "    variants:\n",
        Each("      - {name: v@, settings: [{name: k@}]}\n"), start=38,
    ),
    "OpenAPI target: placements": target(
        "openapi", SCHEME, NAMED, "    injected:\n", COPIED, "    placements:\n", PLACED
    ),
    "OpenAPI target: methods of one title": target(
        "openapi", "schemes:\n",
        Each("  - {id: s@, title: T, kind: openid_connect, endpoints: {discovery: {url: 'https://x.y/@'}}}\n"),
        "connectors:\n  - id: c\n    methods:\n", METHODS,
    ),
    "OpenAPI target: method of many schemes": target(
        "openapi", "schemes:\n", KEYS, "connectors:\n  - id: c\n    methods:\n      - {id: m, schemes: [",
        Each("s@", ", "), "]}\n    placements:\n", PLACED,
    ),
    "docs: one row": docs("p.rst", f"{LIST_TABLE}   * - ``k0``\n     - d\n"),
    "docs: wrong rows": docs("p.md", PIPE_TABLE, Each("| `k@` | x@ |\n")),
    "docs: rows that are gone": docs("p.md", PIPE_TABLE, Each("| `z@` | x@ |\n")),
    "lint: references": lint("", ('[{"x": [', Each('"$SECRET(a@)"', ", "), "]}]")),
    "lint: variables": lint("", ('[{"x": 1', Each(',\n"x@": "{{@ v@ @}}"'), "}]")),
    "lint: variables in queries": lint(
        "", ("[]",), (SYSTEM[:-1], ', "operations": {', Each('"o@": {"url": "a?token={{@ v@ @}}"}', ", "), "}}")
    ),
    "lint: secrets that nothing injects": lint(
        "", ("[]",), (SYSTEM[:-1], ', "headers": {', Each('"X-@": "$SECRET(z@q)"', ", "), "}}")
    ),
    "lint: repeated headers": lint(
        "",
        ("[]",),
        (
            SYSTEM[:-1], ', "operations": {"a": {"headers": {', Each('"X-@": "$SECRET(z)"', ", "),
            '}}, "b": {"headers": {', Each('"X-@": "$SECRET(z)"', ", "), "}}}}",
        ),
    ),
    "lint: variables beside unused parameters": lint(
        Each('"p@": {}', ", "), ('[{"x": 1', Each(',\n"x@": "{{@ v@ @}}"'), "}]")
    ),
    "lint: unused parameters": lint(Each('"p@": {}', ", "), ("[]",)),
    "lint: expressions beside unused parameters": lint(
        Each('"p@": {}', ", "), ('[{"x": 1', Each(f',\n"x@": "{"{{ v }}" * 16}"'), "}]"), start=50
    ),
    "lint: parameters between wrong delimiters": lint(
        Each('"p@": {}', ", "), ('[{"x": 1', Each(',\n"x@": "{ p@ }"'), "}]"), start=50
    ),
    "lint: braces beside an unused parameter": lint('"p": {}', ('[{"x": "', Each("{"), '"}]'), start=1000),
    "lint: malformed references": lint("", ('[{"x": 1', Each(',\n"x@": "$SECRET{a@}"'), "}]")),
    "sync: unknown entries": sync(".env.example", "C_K0=\n", Each("C_Z@=\n"), start=50),
    "sync: variables of a service": sync(
        "compose.yaml", "services:\n  c:\n    image: x\n    environment:\n", Each("      C_K@: ${C_K@}\n")
    ),
    "sync: services": sync(
        "compose.yaml", "services:\n", Each("  c@:\n    image: x\n    environment:\n      C_K0: ${C_K0}\n"), start=20
    ),
    "sync: steps": sync(
        ".github/workflows/w.yml",
        "on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n",
        Each("      - run: x\n        env:\n          C_K@: ${{ secrets.C_K@ }}\n"),
        start=25,
    ),
    "sync: jobs beside unknown variables": Shape(
        "sync .github/workflows/w.yml --source s.yaml --check",
        {
            ".github/workflows/w.yml": (
                "on: push\nenv:\n  C_KEY: ${{ secrets.C_KEY }}\n", Each("  C_Z@: z\n"), "jobs:\n",
                Each("  j@:\n    runs-on: x\n    env:\n      C_KEY: ${{ secrets.C_KEY }}\n"),
            ),
            "s.yaml": (SCHEME, "      - name: key\nconnectors: [{id: c, scheme: s}]\n"),
        },
    ),
    "diff: renamed secrets": Shape(
        "diff a.yaml b.yaml", {"a.yaml": (SCHEME, NAMED), "b.yaml": (SCHEME, Each("      - name: other@\n"))}, 50
    ),
    "diff: other schemes": Shape(
        "diff a.yaml b.yaml",
        {"a.yaml": ("schemes:\n", Each("  - id: s@\n")), "b.yaml": ("schemes:\n", Each("  - id: z@\n"))},
    ),
    "convert: settings": Shape("convert s.yaml --to markdown", {"s.yaml": (SCHEME, DESCRIBED)}),
}  # fmt: skip
