"""The pages of the rules about definitions, pages and the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.findings.explanations.page import Page

PAGES: Final[Mapping[str, Page]] = {
    "alias-chain": Page(
        why=(
            "Nango resolves aliases in the order of its file. An alias of an alias gets all that was meant only where "
            "each one stands after the one that it names; otherwise it gets what the nearest one writes itself. It is "
            "read as it was meant."
        ),
        wrong=("drive:\n" "    alias: mail\n" "mail:\n" "    alias: google"),
        right=("drive:\n" "    alias: google\n" "mail:\n" "    alias: google"),
    ),
    "bad-address": Page(
        why=(
            "An address is filled with the values of its variables before a request goes to it. What comes of "
            "it must be an address over HTTPS with a host, for each value that a variable may have."
        ),
        wrong="endpoints:\n  token:\n    url: http://${region}.example.com/token",
        right="endpoints:\n  token:\n    url: https://${region}.example.com/token",
    ),
    "bad-id": Page(
        why=(
            "An id becomes a file name, a module and the prefix of environment variables. What some file "
            "system or Python refuses would fail on somebody's machine, so it is refused on every machine."
        ),
        wrong=("connectors:\n" "  - id: HubSpot EU\n" "    scheme: oauth2"),
        right=("connectors:\n" "  - id: hubspot-eu\n" "    title: HubSpot EU\n" "    scheme: oauth2"),
    ),
    "bad-lock": Page(
        why=(
            "The lock tells hand edits from generated text. Without it, or with one that another version "
            "wrote, the tool cannot know which files it may overwrite."
        ),
        wrong="<<<<<<< HEAD in output/authscribe.lock",
        right="resolve the merge, or delete authscribe.lock and run: authscribe generate --force",
    ),
    "bad-pattern": Page(
        why=(
            "Programs check a pattern in the dialect of Python, browsers and JSON Schema in that of ECMAScript. One "
            "that only one of them understands refuses good values on one side, or lets bad ones pass."
        ),
        wrong="pattern: (?i)[a-z]+",
        right="pattern: '[A-Za-z]+'",
    ),
    "bad-template": Page(
        why=(
            "A placement value is text with holes. A brace without a partner is either a typing mistake or a"
            " brace that should be in the request, and only the author knows which."
        ),
        wrong=("placements:\n" "  - in: header\n" "    name: Authorization\n" "    value: Bearer {api_key"),
        right=("placements:\n" "  - in: header\n" "    name: Authorization\n" "    value: Bearer {api_key}"),
    ),
    "breaking-change": Page(
        why=(
            "Owners supply what is required, systems use what is injected, and code uses the generated attributes. A"
            " change that takes something away from one of them, or asks for more, must be told to them first."
        ),
        wrong="injected:\n  - name: access_token   # was oauth_access_token",
        right="injected:\n  - name: oauth_access_token\n    deprecated: true\n  - name: access_token",
    ),
    "broken-table": Page(
        why=(
            "The section says that a table of secrets follows, but what follows is no table to docutils. "
            "Skipping it would silently remove the secrets from every output."
        ),
        wrong=(".. list-table::\n" "\n" "   * - Property\n" "     - Description\n" "   * - ``client_id``"),
        right=(
            ".. list-table::\n"
            "\n"
            "   * - Property\n"
            "     - Description\n"
            "   * - ``client_id``\n"
            "     - Names the application."
        ),
    ),
    "busy": Page(
        why=(
            "Two runs that write to one folder at once could leave files of both. The second one stops; the "
            "lock ends with the process that holds it, even when that is killed."
        ),
        wrong="authscribe generate & authscribe generate",
        right="authscribe generate",
    ),
    "clashing-placements": Page(
        why=(
            "A header, parameter or setting holds one value. With two placements for it, one secret would "
            "never be sent."
        ),
        wrong=(
            "placements:\n"
            '  - {in: header, name: Authorization, value: "{a}"}\n'
            '  - {in: header, name: authorization, value: "{b}"}'
        ),
        right=(
            "placements:\n"
            '  - {in: header, name: Authorization, value: "{a}"}\n'
            '  - {in: header, name: X-Token, value: "{b}"}'
        ),
    ),
    "conflicting-definitions": Page(
        why=(
            "Two sources define the same scheme or connector and state different facts. Taking either would "
            "make the other a lie; wording may differ, facts may not."
        ),
        wrong=("# a.yaml\n" "schemes: [{id: s, kind: jwt}]\n" "# b.yaml\n" "schemes: [{id: s, kind: api_key}]"),
        right=("# a.yaml\n" "schemes: [{id: s, kind: jwt}]\n" "# b.yaml\n" "refine: [{id: s, kind: api_key}]"),
    ),
    "copied-from-nothing": Page(
        why=(
            "The description says that the value comes from the configuration, but no required secret has "
            "that name. Generated code then asks the onboarding for it."
        ),
        wrong=(
            "required: consumer_key\n" 'injected: token - "The access code as provided in the connector configuration."'
        ),
        right=(
            "required: access_code\n" 'injected: token - "The access code as provided in the connector configuration."'
        ),
    ),
    "cyclic-alias": Page(
        why="An alias takes what another definition says. In a circle of aliases, nobody says anything.",
        wrong=("drive:\n" "    alias: mail\n" "mail:\n" "    alias: drive"),
        right=("drive:\n" "    alias: mail\n" "mail:\n" "    auth_mode: OAUTH2"),
    ),
    "cyclic-extends": Page(
        why=("A scheme that extends itself, directly or through others, has no first definition to begin " "with."),
        wrong=("schemes:\n" "  - {id: a, extends: b}\n" "  - {id: b, extends: a}"),
        right=("schemes:\n" "  - {id: a, extends: b}\n" "  - {id: b}"),
    ),
    "default-not-allowed": Page(
        why=(
            "A default that is of another type, or not among the allowed values, fails for everybody who relies on it."
        ),
        wrong="parameters:\n  - name: region\n    default: us\n    enum: [{value: eu}, {value: uk}]",
        right="parameters:\n  - name: region\n    default: eu\n    enum: [{value: eu}, {value: uk}]",
    ),
    "definition-changed": Page(
        why=(
            "`authscribe diff` names each change of the definitions, also those that break nothing: a new optional"
            " secret, another lifetime, a better description."
        ),
        wrong="authscribe diff main",
        right="authscribe diff main --fail-on warning",
    ),
    "disk-error": Page(
        why=(
            "The operating system refused a write or a read. Each output is either as it was or new, never half; "
            "running again finishes the work."
        ),
        wrong="a full disk, or a folder without write permission",
        right="make room or correct the permissions, then run: authscribe generate",
    ),
    "duplicate-key": Page(
        why=(
            "Most parsers keep the last of two equal keys and drop the first without a word. Here a lost key"
            " is a lost fact."
        ),
        wrong=("id: wave\n" "title: Wave\n" "title: Wave Apps"),
        right=("id: wave\n" "title: Wave"),
    ),
    "duplicate-name": Page(
        why=(
            "A list that names a secret twice either repeats itself or means two secrets; the second one "
            "would vanish when lists are merged by name."
        ),
        wrong=("required:\n" "  - name: api_key\n" "  - name: api_key"),
        right=("required:\n" "  - name: api_key"),
    ),
    "empty-file": Page(
        why="A source that was emptied by accident would remove everything it defined from every output.",
        wrong="schemes/connectors/wave.yaml with no content",
        right="restore the file, or take its path out of `sources`",
    ),
    "example-mismatch": Page(
        why=(
            "People type what the example shows. If its own pattern refuses it, one of the two is wrong. An "
            "example that is made unreadable with asterisks, bullets or dots is passed over."
        ),
        wrong="required:\n  - name: account\n    pattern: ^[0-9]+$\n    example: acme",
        right="required:\n  - name: account\n    pattern: ^[a-z]+$\n    example: acme",
    ),
    "left-out": Page(
        why=(
            "With --keep-going a run uses what is right and says what is not. What it leaves out is produced by nothing"
            " any more: files that were made of it earlier are orphaned, and stay until --prune."
        ),
        wrong="authscribe generate --source catalogue.yaml --keep-going",
        right="authscribe lint --source catalogue.yaml",
    ),
    "missing-key": Page(
        why="The format asks for this key, since nothing can be generated without it.",
        wrong=("connectors:\n" "  - title: Wave\n" "    scheme: oauth2"),
        right=("connectors:\n" "  - id: wave\n" "    title: Wave\n" "    scheme: oauth2"),
    ),
    "name-clash": Page(
        why=(
            "Two names that a target spells the same would become one field, and one secret would be lost. A"
            " number added to one of them would depend on the order of the file."
        ),
        wrong=("required:\n" "  - name: api-key\n" "  - name: api_key"),
        right=("required:\n" "  - name: api-key\n" "    names: {python: dashed_api_key}\n" "  - name: api_key"),
    ),
    "no-placement": Page(
        why=(
            "The secrets of this connector are injected, but nothing says in which header, parameter or "
            "setting they go, so its stubs reference none of them."
        ),
        wrong=("connectors:\n" "  - id: wave\n" "    scheme: api_key"),
        right=(
            "connectors:\n"
            "  - id: wave\n"
            "    scheme: api_key\n"
            "    placements:\n"
            '      - {in: header, name: X-Api-Key, value: "{api_key}"}'
        ),
    ),
    "no-such-source": Page(
        why=(
            "A path or pattern that matches nothing is a typing mistake or a file that is gone; going on "
            "would treat what it defined as removed."
        ),
        wrong="authscribe generate --source schemas/",
        right="authscribe generate --source schemes/",
    ),
    "not-carried-over": Page(
        why=(
            "A conversion says of every key what became of it. This one has no place in the document that was made:"
            " tables hold names, descriptions and types and nothing else, and the value of a secret is copied nowhere."
        ),
        wrong="authscribe convert schemes.yaml --to rst",
        right="authscribe convert schemes.yaml --to json",
    ),
    "not-utf-8": Page(
        why=("Text in another encoding reads as other characters, and names are compared character by " "character."),
        wrong="a page saved as Latin-1",
        right="the same page saved as UTF-8",
    ),
    "nothing-defined": Page(
        why=(
            "The sources are readable but define no scheme and no connector. Generating from them would "
            "leave every recorded output without its definition."
        ),
        wrong="authscribe generate --source docs/index.rst",
        right="authscribe generate --source docs/authentication-schemes.rst",
    ),
    "plugin-failed": Page(
        why=(
            "Readers, targets and templates can come from other packages. What goes wrong in one of them is shown with"
            " the line in which it did, and the run ends before anything is written."
        ),
        wrong="authscribe generate --target acme",
        right="pip install acme-authscribe && authscribe generate --target acme",
    ),
    "process-lost": Page(
        why=(
            "Large runs are shared by several processes. When the system kills one of them, as it does when memory "
            "runs out, what it was making is missing; so nothing is written at all."
        ),
        wrong="authscribe generate --jobs 16",
        right="authscribe generate --jobs 1",
    ),
    "refused-path": Page(
        why=(
            "The tool owns the whole output folder and deletes in it with --prune. It does not accept a "
            "folder that holds other things, nor a symbolic link or device where a file should be."
        ),
        wrong="authscribe generate --source page.rst --out-dir .",
        right="authscribe generate --source page.rst --out-dir out",
    ),
    "reserved-name": Page(
        why=(
            "The attribute made from this name is a Python keyword, or is used by pydantic or the generated "
            "classes. Only the author can choose another one that stays the same for ever."
        ),
        wrong=("required:\n" "  - name: class"),
        right=("required:\n" "  - name: class\n" "    names: {python: class_value}"),
    ),
    "scheme-or-methods": Page(
        why=(
            "`scheme` is the short form for one way to authenticate, `methods` lists several. With both, or "
            "none, it is not clear what the connector accepts."
        ),
        wrong=("connectors:\n" "  - id: wave"),
        right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
    ),
    "security-differs": Page(
        why=(
            "A document states its security in more than one place, or two documents state that of one connector, and "
            "they do not say the same; or it asks for two values of one header. The connector is made from one of "
            "them; calls that need the other will fail."
        ),
        wrong=("security: [{api_key: []}]\n" "paths: {/admin: {get: {security: [{oauth: []}]}}}"),
        right=("security: [{api_key: []}, {oauth: []}]"),
    ),
    "slow-pattern": Page(
        why=(
            "A repetition inside a repetition can match one text in very many ways, and the time doubles with "
            "each character. Whoever may type a value can then stop the program that checks it."
        ),
        wrong="pattern: ^(a+)+$",
        right="pattern: ^a+$",
    ),
    "suggested-extends": Page(
        why=(
            "The text calls the scheme a regular form of another one, but its tables do not repeat the "
            "other's secrets. If it is one, `extends` adds them and keeps them in step."
        ),
        wrong='SuperOffice: "It is a regular OAuth2 authentication", with a table of two secrets',
        right=("refine:\n" "  - id: superoffice\n" "    extends: oauth2"),
    ),
    "syntax-error": Page(
        why="The file cannot be read beyond this place, so nothing that it defines is known.",
        wrong="required: [name: api_key",
        right="required: [{name: api_key}]",
    ),
    "table-not-rewritten": Page(
        why=(
            "The table does not say what the definitions say. It is laid out in a way that the tool does not "
            "write, or what would have to stand there would be read as something else, so the page is left as it is."
        ),
        wrong=("a csv-table with `:delim: ;`, whose secrets have moved on"),
        right=(".. authscribe:begin table scheme=oauth2 part=injected\n\n.. authscribe:end"),
    ),
    "template-error": Page(
        why=(
            "A template of your own asks for something that the view does not have, or prints text without a"
            " filter that encodes it."
        ),
        wrong="<< view.titel | text >>",
        right="<< view.title | text >>",
    ),
    "too-deep": Page(
        why="Parsers fail, or take very long, on deeply nested text. Definitions need few levels.",
        wrong="[[[[[[[[ ... more than 64 levels ... ]]]]]]]]",
        right="lists and mappings of a few levels",
    ),
    "too-large": Page(
        why=("Reading time grows faster than the size of a page. No real page or catalogue comes near the " "limit."),
        wrong="one page of ten megabytes",
        right="the same content in several files",
    ),
    "unclear-table": Page(
        why=(
            "The text before the table speaks of secrets, but the table does not say which column holds "
            "their names, or the section does not say which scheme it is about."
        ),
        wrong=(".. list-table::\n" "\n" "   * - ``client_id``\n" "     - Names the application."),
        right=(
            ".. list-table::\n"
            "   :header-rows: 1\n"
            "\n"
            "   * - Property\n"
            "     - Description\n"
            "   * - ``client_id``\n"
            "     - Names the application."
        ),
    ),
    "undeclared-name": Page(
        why=(
            "The document refers to a part of itself that it does not have. What refers to it is left out, or gets a "
            "setting of that name, so that the rest can be used."
        ),
        wrong=("security: [{apiKey: []}]\n" "components: {securitySchemes: {}}"),
        right=(
            "security: [{apiKey: []}]\n"
            "components: {securitySchemes: {apiKey: {type: apiKey, in: header, name: X-Api-Key}}}"
        ),
    ),
    "undeclared-in-address": Page(
        why=("A variable that nothing declares is filled by nobody: the request goes to an address with a hole in it."),
        wrong="endpoints:\n  base:\n    url: https://${tenant}.example.com",
        right="parameters:\n  - name: tenant\nendpoints:\n  base:\n    url: https://${tenant}.example.com",
    ),
    "unknown-content": Page(
        why=(
            "A data format is known by the keys that its documents have. A document with none of them may be of another"
            " kind, or not be meant as a source at all; taken for an empty one, it would silently define nothing."
        ),
        wrong="authscribe generate --source package.json",
        right="authscribe generate --source providers.yaml --source-format definitions",
    ),
    "unknown-format": Page(
        why="The suffix of a file decides how it is read.",
        wrong="authscribe generate --source schemes.docx",
        right="authscribe generate --source schemes.yaml",
    ),
    "unknown-key": Page(
        why=(
            "A misspelt key would be ignored by a tolerant reader, and the fact it states would be missing "
            "from every output."
        ),
        wrong=("connectors:\n" "  - id: wave\n" "    sheme: oauth2"),
        right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
    ),
    "unknown-mode": Page(
        why=(
            "Other systems have a closed list of ways to authenticate, which grows. One that the reader does not "
            "know is read with all its settings, but what it obtains and where that goes is not known."
        ),
        wrong="auth_mode: OAUTH",
        right="auth_mode: OAUTH2",
    ),
    "unknown-reference": Page(
        why=(
            "Something is referred to by a name that no source defines: a scheme, a secret, a flag, a target"
            " or a platform."
        ),
        wrong=("connectors:\n" "  - id: wave\n" "    scheme: oauth"),
        right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
    ),
    "unknown-secrecy": Page(
        why=(
            "Nobody has said whether the value is secret. It is treated as one everywhere, which is safe, "
            "but may hide a value that people need to see."
        ),
        wrong=("required:\n" "  - name: tenant\n" "    secret: unknown"),
        right=("parameters:\n" "  - name: tenant"),
    ),
    "unknown-type": Page(
        why=(
            "The table uses a type that no target knows. It is documented as it is written, and code treats "
            "the value as a string."
        ),
        wrong=("* - ``api_key``\n" "  - The key.\n" "  - Sting"),
        right=("* - ``api_key``\n" "  - The key.\n" "  - String"),
    ),
    "unpaired-marker": Page(
        why=(
            "A region between markers belongs to the tool, the rest of the page to its author. Where a region "
            "ends nowhere, or begins twice, nobody knows which is which."
        ),
        wrong=(".. authscribe:begin table scheme=oauth2 part=injected"),
        right=(".. authscribe:begin table scheme=oauth2 part=injected\n\n.. authscribe:end"),
    ),
    "unreadable-file": Page(
        why="The operating system does not give out the file, so nothing that it defines is known.",
        wrong="a source without read permission",
        right="chmod +r schemes/wave.yaml",
    ),
    "unsupported-yaml": Page(
        why=(
            "Anchors, tags and merge keys let a small file become a very large one, and hide where a fact "
            "comes from."
        ),
        wrong=("required: &r [{name: api_key}]\n" "injected: *r"),
        right=("required: [{name: api_key}]\n" "injected: [{name: api_key}]"),
    ),
    "unusable-name": Page(
        why=(
            "No target can make a name of its own from this one: it has no ASCII letter or digit, or it is "
            "not one printable line."
        ),
        wrong=("required:\n" '  - name: "***"'),
        right=("required:\n" "  - name: api_key"),
    ),
    "wrong-value": Page(
        why=(
            "The value is not one that the format allows. Text is not taken for a number or a truth value, "
            "since guesses differ from reader to reader."
        ),
        wrong=("required:\n" "  - name: api_key\n" '    optional: "true"'),
        right=("required:\n" "  - name: api_key\n" "    optional: true"),
    ),
}
