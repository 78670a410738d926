"""Test the extension in real builds, from the wheel, with the oldest supported Sphinx and the current one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path

import pytest
from conftest import PROJECT, ROOT, Sphinx

from authscribe.commands.schema import SCHEMAS
from authscribe.encoders.rst import encode_rst_reference

CONF = 'extensions = ["authscribe.sphinxext"]\nauthscribe_catalogue = "catalogue.json"\nsmartquotes = True\n'
CATALOGUE = (PROJECT / "catalogue.json").read_text()


def pages(folder: Path, texts: Mapping[str, str], conf: str = CONF, catalogue: str = CATALOGUE) -> Path:
    """Write a project with these pages, all of them in its toctree."""
    folder.mkdir(exist_ok=True)
    index = ["Index", "=====", "", ".. toctree::", "", *(f"   {name}" for name in texts)]
    for name, text in {"index": "\n".join(index), **texts}.items():
        (folder / f"{name}.rst").write_text(text if name == "index" else f"{name}\n{'=' * len(name)}\n\n{text}\n")
    (folder / "conf.py").write_text(conf)
    (folder / "catalogue.json").write_text(catalogue)
    return folder


def changed(change: Callable[[dict[str, dict[str, object]], dict[str, dict[str, object]]], None]) -> str:
    """Return the catalogue after a change of its schemes and connectors, by id."""
    document = json.loads(CATALOGUE)
    schemes, connectors = ({entry["id"]: entry for entry in document[key]} for key in ("schemes", "connectors"))
    change(schemes, connectors)
    return json.dumps(document)


def shown(html: str) -> str:
    """Return the text of a page between the tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def with_people_s_pages(project: Path) -> Path:
    """Add the page of schemes that people wrote, and the generated pages, to the project."""
    shutil.copy(ROOT / "schemes" / "authentication-schemes.rst", project / "seed.rst")
    shutil.copytree(ROOT / "output" / "docs" / "rst", project / "generated")
    names = ["seed", "generated/authentication-schemes", "generated/connectors/index"]
    corpus = Path(os.environ.get("AUTHSCRIBE_CORPUS", ROOT.parent / "shared" / "corpus")) / "seed"
    if corpus.is_dir():
        shutil.copytree(corpus, project / "corpus")
        names += ["corpus/authentication-schemes"]
    index = project / "index.rst"
    index.write_text(index.read_text() + "".join(f"   {name}\n" for name in names))
    return project


def test_a_project_with_everything_builds_without_a_warning(sphinx: Sphinx, project: Path) -> None:
    built = sphinx.build(with_people_s_pages(project))
    assert built.code == 0, built.output
    schemes, prose = built.page("schemes.html"), built.page("prose.html")
    for identifier in (
        "auth-scheme-oauth2",
        "auth-scheme-api_key",
        "auth-secret-oauth2-oauth_access_token",
    ):
        assert schemes.count(f'id="{identifier}"') == 1
    assert 'class="authscribe auth-scheme of-ours' in schemes
    assert re.search(r'href="connectors.html#auth-connector-hubspot"[^>]*><span[^>]*>HubSpot<', prose)
    assert re.search(r'href="schemes.html#auth-scheme-oauth2"[^>]*><span[^>]*>the sign-in<', prose)
    assert 'href="schemes.html#auth-secret-oauth2-oauth_access_token"' in prose
    assert 'href="superoffice.html#auth-scheme-superoffice"' in prose
    assert "copied from client_id" in shown(schemes)
    assert "This scheme is deprecated; use API key instead." in shown(schemes)
    assert "Place Name Value header SO-Apptoken" not in shown(built.page("connectors.html"))
    assert shown(built.page("matrix.html")).count("yes") == 8
    generated = built.page("generated/connectors/superoffice.html")
    assert 'href="../authentication-schemes.html#auth-scheme-superoffice"' in generated


def test_texts_have_the_markup_of_their_definitions(sphinx: Sphinx, tmp_path: Path) -> None:
    built = sphinx.build(pages(tmp_path / "project", {"schemes": ".. auth-scheme:: api_key"}))
    assert built.code == 0, built.output
    page = built.page("schemes.html")
    assert re.search(r"A connector that uses <code[^>]*><span[^>]*>api_key</span></code> authentication", page)
    assert "issued <strong>once</strong> for the account" in page
    assert re.search(r'<em>prefer</em> <a class="reference external" href="https://oauth.example/2">OAuth2</a>', page)


@pytest.mark.parametrize("builder", ["text", "latex", "man", "gettext", "xml"])
def test_other_builders_have_nothing_to_warn_of(sphinx: Sphinx, project: Path, builder: str) -> None:
    built = sphinx.build(project, builder=builder)
    assert built.code == 0, built.output
    if builder == "text":
        assert '"oauth_refresh_token"' in built.page("schemes.txt")


def test_two_processes_make_the_same_pages(sphinx: Sphinx, project: Path) -> None:
    one = sphinx.build(project)
    names = [path.name for path in one.folder.glob("*.html")]
    before = {name: one.page(name) for name in names}
    shutil.rmtree(one.folder)
    two = sphinx.build(project, "-j", "2")
    assert (one.code, two.code) == (0, 0), two.output
    assert before == {name: two.page(name) for name in names}
    assert sphinx.build(project, "-j", "2").read == set()


@pytest.mark.parametrize("name", ["oauth2", "open-auth", "oauth"])
def test_a_scheme_has_the_same_names_as_in_definitions(sphinx: Sphinx, tmp_path: Path, name: str) -> None:
    def give_names(schemes: dict[str, dict[str, object]], _: dict[str, dict[str, object]]) -> None:
        schemes["oauth2"] |= {"aliases": ["open-auth"], "former_names": ["oauth"]}

    texts = {
        "schemes": f".. auth-scheme:: {name}",
        "prose": f"See :auth-scheme:`{name}` and :auth-secret:`{name}/oauth_access_token`.",
        "matrix": f".. auth-matrix::\n   :schemes: {name}",
    }
    built = sphinx.build(pages(tmp_path / "project", texts, catalogue=changed(give_names)))
    assert built.code == 0, built.output
    assert 'id="auth-scheme-oauth2"' in built.page("schemes.html")
    assert 'href="schemes.html#auth-scheme-oauth2"' in built.page("prose.html")
    assert 'href="schemes.html#auth-secret-oauth2-oauth_access_token"' in built.page("prose.html")
    assert "yes" in shown(built.page("matrix.html"))


WRONG = {
    "scheme": (".. auth-scheme:: oauht2", "unknown scheme 'oauht2'; did you mean 'oauth2'?"),
    "connector": (".. auth-connector:: hubspt", "unknown connector 'hubspt'; did you mean 'hubspot'?"),
    "matrix": (".. auth-matrix::\n   :schemes: api_kye", "unknown scheme 'api_kye'; did you mean 'api_key'?"),
    "role": (":auth-scheme:`tripletx`", "unknown scheme 'tripletx'; did you mean 'tripletex'?"),
    "titled": (":auth-connector:`the one <none-such>`", "unknown connector 'none-such'"),
    "secret": (
        ":auth-secret:`tripletex/consumer_key`",
        "unknown secret 'tripletex/consumer_key'; did you mean 'tripletex/consumer_token'?",
    ),
    "undescribed": (
        ":auth-connector:`wix`",
        "no page describes connector 'wix'; add '.. auth-connector:: wix' to one",
    ),
    "part": (".. auth-scheme:: oauth2\n   :parts: injcted", "unknown part 'injcted'; did you mean 'injected'?"),
    "heading": (
        "* item\n\n  .. auth-scheme:: oauth2\n     :heading:",
        "opens a section, which is not allowed here; remove the option",
    ),
}


def test_wrong_names_stop_a_strict_build_with_file_and_line(sphinx: Sphinx, tmp_path: Path) -> None:
    source = pages(tmp_path / "project", {name: text for name, (text, _) in WRONG.items()})
    built = sphinx.build(source)
    assert built.code == 1
    for name, (_, message) in WRONG.items():
        (line,) = [text for text in built.output.splitlines() if f"{name}.rst:" in text]
        assert re.search(rf"{name}\.rst:[456]: (WARNING|ERROR): ", line), line
        assert message in built.output
    assert sphinx.build(source, strict=False).code == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_two_descriptions_of_one_thing_are_a_warning(sphinx: Sphinx, tmp_path: Path, jobs: str) -> None:
    texts = dict.fromkeys("abcdefg", "Text.")
    texts |= {"a": ".. auth-scheme:: oauth2", "g": "Text.\n\n.. auth-scheme:: oauth2"}
    built = sphinx.build(pages(tmp_path / "project", texts), "-j", jobs)
    assert built.code == 1
    assert re.search(r"g\.rst:6: WARNING: scheme 'oauth2' is also described at a:4", built.output), built.output
    texts["g"] += "\n   :no-index:"
    assert sphinx.build(pages(tmp_path / "project", texts), "-j", jobs).code == 0


def test_only_pages_that_show_something_else_are_read_again(sphinx: Sphinx, tmp_path: Path) -> None:
    texts = {
        "hubspot": ".. auth-connector:: hubspot",
        "wix": ".. auth-connector:: wix",
        "oauth": ".. auth-scheme:: oauth2",
        "key": ".. auth-scheme:: api_key\n   :parts: required",
        "matrix": ".. auth-matrix::",
        "prose": "See :auth-connector:`wix`.",
        "plain": "Nothing of ours.",
    }
    source = pages(tmp_path / "project", texts)
    assert sphinx.build(source).read == {"index", *texts}

    def after(change: Callable[[dict[str, dict[str, object]], dict[str, dict[str, object]]], None]) -> set[str]:
        (source / "catalogue.json").write_text(changed(change))
        built = sphinx.build(source)
        assert built.code == 0, built.output
        assert sphinx.build(source).read == set()
        return built.read

    assert after(lambda schemes, connectors: None) == set()
    assert after(lambda schemes, connectors: connectors["wix"].update(summary="New.")) == {"wix"}
    assert "New." in shown((tmp_path / "project-html" / "wix.html").read_text())
    # The summary is gone again, and there is a new title, which the matrix and a role show.
    assert after(lambda schemes, connectors: connectors["wix"].update(title="WIX")) == {"wix", "matrix", "prose"}
    assert after(lambda schemes, connectors: None) == {"matrix", "prose"}
    assert after(lambda schemes, connectors: schemes["api_key"].update(notes=["A note that no page shows."])) == set()
    assert after(lambda schemes, connectors: schemes["oauth2"]["source"].update(line=99)) == set()


HOSTILE = (
    '**bold** `x` :auth-scheme:`oauth2` |sub| <script>alert(1)</script> & "quoted" -- it\'s ... {{ x }} {% x %} \\LaTeX $x$ '
    "http://x.example .. note:: *x_ _y [1]_ %(x)s %s ``l``"
)


def test_a_catalogue_of_an_earlier_version_has_no_fallbacks_and_requests(sphinx: Sphinx, tmp_path: Path) -> None:
    def forget(schemes: dict[str, dict[str, object]], _: dict[str, dict[str, object]]) -> None:
        scheme = schemes["oauth2"]
        scheme["placements"] = [{"location": "header", "location_title": "header", "name": "X-Key", "value": "{key}"}]
        scheme["endpoints"] = {"token": "https://wave.example/token"}
        for key in ("fallback_endpoints", "token_request", "oauth"):
            del scheme[key]

    source = pages(tmp_path / "project", {"scheme": ".. auth-scheme:: oauth2"}, catalogue=changed(forget))
    built = sphinx.build(source)
    assert built.code == 0, built.output
    page = shown(built.page("scheme.html"))
    assert "{key}" in page
    assert "Otherwise" not in page


def test_texts_of_the_catalogue_are_no_markup(sphinx: Sphinx, tmp_path: Path) -> None:
    def hostile(schemes: dict[str, dict[str, object]], connectors: dict[str, dict[str, object]]) -> None:
        setting = {"title": None, "type": HOSTILE, "optional": True, "secret": "yes", "origin": None, "lifetime": None}
        everything = {
            **dict.fromkeys(("title", "name", "pattern", "format", "prefix", "suffix", "example", "default"), HOSTILE),
            "choices": [{"value": HOSTILE, "label": HOSTILE}],
            "conditions": {HOSTILE: [HOSTILE]},
            "description": HOSTILE + " \x00\x1b[31m\u202e\ud800 \u6f22" * 3,
            "deprecated": True,
        }
        schemes["oauth2"].update(
            title=HOSTILE, summary=HOSTILE, notes=[HOSTILE], docs="javascript:alert(1)", kind_title=HOSTILE,
            required=[{**setting, **everything}], endpoints={HOSTILE: HOSTILE}, scopes=[HOSTILE],
            placements=[
                {"location": "header", "location_title": HOSTILE, "name": HOSTILE, "value": HOSTILE, "fallback": HOSTILE}
            ],
            fallback_endpoints={HOSTILE: HOSTILE}, token_request={HOSTILE: HOSTILE}, oauth={HOSTILE: HOSTILE},
        )  # fmt: skip
        connectors["hubspot"].update(title=HOSTILE, status="deprecated", successor="no-such", flags=[HOSTILE])

    texts = {
        "scheme": ".. auth-scheme:: oauth2\n   :heading:",
        "connector": ".. auth-connector:: hubspot\n   :heading:",
        "rest": ".. auth-matrix::\n\nSee :auth-scheme:`oauth2`.",
    }
    source = pages(tmp_path / "project", texts, catalogue=changed(hostile))
    for builder in ("html", "text", "latex", "man", "gettext"):
        built = sphinx.build(source, builder=builder)
        assert built.code == 0, built.output
    page = (tmp_path / "project-html" / "scheme.html").read_text()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert 'href="http://x.example"' not in page
    assert shown(page).count(" ".join(HOSTILE.split())) >= 15
    assert "\ufffd\ufffd[31m\ufffd\ufffd \u6f22" in shown(page)
    assert "\x1b" not in page


def test_defaults_are_shown_in_tables_that_have_some(sphinx: Sphinx, tmp_path: Path) -> None:
    def default(schemes: dict[str, dict[str, object]], connectors: dict[str, dict[str, object]]) -> None:
        del connectors
        facts = {"title": None, "description": "", "type": "String", "deprecated": False}
        facts |= {"origin": None, "lifetime": None}
        region, old = ({"name": name, "optional": True, **facts} for name in ("region", "old"))
        schemes["oauth2"].update(parameters=[{**region, "default": "eu *x*"}, old], injected=[{**old, "default": None}])

    text = ".. auth-scheme:: oauth2\n   :parts: injected, parameters"
    built = sphinx.build(pages(tmp_path / "project", {"scheme": text}, catalogue=changed(default)))
    assert built.code == 0, built.output
    page = shown(built.page("scheme.html"))
    assert "Property Description Type Default region optional String eu *x* old optional String" in page
    assert "Property Description Type Origin old optional String" in page


def test_allowed_values_and_remarks_are_shown_in_tables_that_have_some(sphinx: Sphinx, tmp_path: Path) -> None:
    def remark(schemes: dict[str, dict[str, object]], connectors: dict[str, dict[str, object]]) -> None:
        del connectors
        facts = {"type": "String", "optional": False, "deprecated": False, "lifetime": None, "default": None}
        key = {**facts, "name": "key", "title": "API *key*", "description": "It is `long`.", "secret": "no"}
        key |= {"pattern": "^a$", "format": "uri", "prefix": "p", "suffix": "s", "example": "e", "origin": None}
        key |= {"conditions": {"mode": ["", "b"], "on": ["true"]}, "automated": True, "hidden": True}
        mode = {**facts, "name": "mode", "title": None, "description": "", "origin": None}
        mode |= {"choices": [{"value": str(n), "label": "One" if n == 1 else None} for n in range(52)]}
        origin = {"source": "derived", "required": None, "expression": "of *key*"}
        signature = {**facts, "name": "signature", "title": "Only a title", "description": "", "origin": origin}
        schemes["oauth2"].update(required=[key], parameters=[mode], injected=[signature])

    text = ".. auth-scheme:: oauth2\n   :parts: required, injected, parameters"
    built = sphinx.build(pages(tmp_path / "project", {"scheme": text}, catalogue=changed(remark)))
    assert built.code == 0, built.output
    # What stands for a tag is a blank.
    page = re.sub(r" (?=[,:;])", "", shown(built.page("scheme.html")))
    values = "0, 1 (One), " + ", ".join(map(str, range(2, 50))) + ", and 2 more"
    for row in (
        "Property Description Type Remarks key API *key*: It is `long`. String not secret; supplied by a program; not in "
        "forms; only if mode is empty or b; only if on is true; format uri; matches ^a$; preceded by p; followed by s; "
        "for example e",
        "Property Description Type Origin signature Only a title String derived (of *key*)",
        f"Property Description Type Allowed values mode String {values}",
    ):
        assert row in page


def test_other_projects_link_to_descriptions(sphinx: Sphinx, project: Path, tmp_path: Path) -> None:
    assert sphinx.build(project).code == 0
    inventory = tmp_path / "project-html" / "objects.inv"
    conf = 'extensions = ["authscribe.sphinxext", "sphinx.ext.intersphinx"]\n' + (
        f'intersphinx_mapping = {{"theirs": ("https://theirs.example/", {str(inventory)!r})}}\n'
    )
    text = ":auth-scheme:`oauth2`, :auth-connector:`it <hubspot>` and :auth-secret:`oauth2/oauth_client_id`."
    built = sphinx.build(pages(tmp_path / "other", {"page": text}, conf))
    assert built.code == 0, built.output
    for link in (
        "schemes.html#auth-scheme-oauth2",
        "connectors.html#auth-connector-hubspot",
        "schemes.html#auth-secret-oauth2-oauth_client_id",
    ):
        assert f'href="https://theirs.example/{link}"' in built.page("page.html")
    assert (
        "unknown scheme 'jwt'" in sphinx.build(pages(tmp_path / "third", {"page": ":auth-scheme:`jwt`"}, conf)).output
    )


def test_a_place_can_be_the_description_without_showing_anything(sphinx: Sphinx, tmp_path: Path) -> None:
    text = ".. auth-scheme:: oauth2\n   :parts: none\n\nOur own tables. See :auth-secret:`oauth2/client_id`."
    built = sphinx.build(pages(tmp_path / "project", {"page": text}))
    assert built.code == 0, built.output
    assert 'href="#auth-scheme-oauth2"' in built.page("page.html")
    assert "Kind" not in shown(built.page("page.html"))


BAD = {
    "": "set authscribe_catalogue in conf.py",
    "none.json": "none.json: No such file or directory; run: authscribe generate --target catalogue",
    "syntax.json": "syntax.json: invalid JSON",
    "list.json": "list.json: not a catalogue document",
    "manifest.json": "manifest.json: not a catalogue document",
    "newer.json": "newer.json: unsupported version 2; this extension reads 1",
}


@pytest.mark.parametrize("name", BAD)
def test_a_catalogue_that_cannot_be_read_is_one_error(sphinx: Sphinx, tmp_path: Path, name: str) -> None:
    conf = CONF.replace("catalogue.json", name)
    source = pages(tmp_path / "project", {"page": ".. auth-scheme:: oauth2"}, conf)
    contents = {
        "syntax.json": "{",
        "list.json": "[]",
        "manifest.json": '{"auth": "oauth2"}',
        "newer.json": '{"version": 2}',
    }
    for other, content in contents.items():
        (source / other).write_text(content)
    built = sphinx.build(source, strict=False)
    assert built.code == 2
    (line,) = [line for line in built.output.splitlines() if "authscribe catalogue" in line]
    assert re.match(r"ERROR: Cannot read the authscribe catalogue: ", line)
    assert BAD[name] in line
    assert "Traceback" not in built.output
    assert "report" not in built.output


def test_generated_pages_in_markdown_build_without_a_warning(sphinx: Sphinx, tmp_path: Path) -> None:
    if "oldest" in sphinx.environment.name:
        pytest.skip("MyST needs a newer Sphinx than the oldest")
    source = tmp_path / "project"
    shutil.copytree(ROOT / "output" / "docs" / "markdown", source)
    (source / "conf.py").write_text(CONF.replace('.sphinxext"', '.sphinxext", "myst_parser"'))
    (source / "catalogue.json").write_text(CATALOGUE)
    directive = "```{auth-scheme} oauth2\n:heading:\n```\n\n{auth-secret}`oauth2/client_id`\n"
    toctree = "```{toctree}\n:glob:\nauthentication-schemes\nconnectors/*\n```\n"
    (source / "index.md").write_text(f"# Index\n\n{directive}\n{toctree}")
    built = sphinx.build(source)
    assert built.code == 0, built.output
    assert 'href="../authentication-schemes.html"' in built.page("connectors/hubspot.html")
    assert 'id="auth-scheme-oauth2"' in built.page("index.html")


def test_a_repository_with_generated_files_builds_without_a_warning(sphinx: Sphinx, tmp_path: Path) -> None:
    conf = CONF.replace("catalogue.json", "output/catalogue/catalogue.json")
    if "oldest" not in sphinx.environment.name:
        excluded = 'exclude_patterns = ["output/docs/markdown"]\n'
        conf = conf.replace('.sphinxext"', '.sphinxext", "myst_parser"') + excluded
    include = ".. include:: ../../output/docs/rst/tables/superoffice-injected.rst.inc"
    source = pages(tmp_path / "project", {"plain": ".. auth-scheme:: superoffice"}, conf)
    (source / "guides" / "deep").mkdir(parents=True)
    (source / "guides" / "deep" / "page.rst").write_text(f":orphan:\n\nPage\n====\n\n* Item:\n\n  {include}\n")
    shutil.copytree(ROOT / "output", source / "output")
    (source / "README.rst").write_text(":orphan:\n\nRead me\n=======\n")
    built = sphinx.build(source)
    assert built.code == 0, built.output
    assert {"output/docs/rst/authentication-schemes", "output/docs/rst/connectors/index"} <= built.read
    assert not [name for name in built.read if "markdown" in name or "tables" in name]
    assert "so_ticket" in shown(built.page("guides/deep/page.html"))
    linked = built.page("output/docs/rst/connectors/superoffice.html")
    assert 'href="../authentication-schemes.html#auth-scheme-superoffice"' in linked


@pytest.mark.parametrize("title", ["<x>", "Acme <x> & y", "a < b", "\\<b>", "!a <https://example.com>", "`<` <"])
def test_a_title_in_a_reference_is_shown_as_it_is(sphinx: Sphinx, tmp_path: Path, title: str) -> None:
    reference = encode_rst_reference(title, "auth-scheme-", "x")
    source = pages(tmp_path / "project", {"page": f".. _auth-scheme-x:\n\nSection\n-------\n\n({reference})\n"})
    built = sphinx.build(source)
    assert built.code == 0, built.output
    assert f"( {title} )" in shown(built.page("page.html"))


MEASURE = """
addEventListener("load", () => {
  const sides = [...document.querySelectorAll("caption")].map((caption) =>
    caption.getBoundingClientRect().bottom <= caption.parentElement.rows[0].getBoundingClientRect().top + 1);
  document.body.dataset.above = sides.join(" ");
});
"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_captions_are_above_their_tables_in_every_theme(sphinx: Sphinx, tmp_path: Path) -> None:
    conf = CONF + 'html_static_path = ["_static"]\nhtml_css_files = ["theme.css"]\nhtml_js_files = ["measure.js"]\n'
    source = pages(tmp_path / "project", {"page": ".. auth-scheme:: superoffice\n\n.. auth-matrix::"}, conf)
    (source / "_static").mkdir()
    # The rule of Bootstrap 4, which pydata-sphinx-theme 0.8 and others of the time of Sphinx 4.5 include.
    (source / "_static" / "theme.css").write_text("caption { padding: .75rem 0; caption-side: bottom }")
    (source / "_static" / "measure.js").write_text(MEASURE)
    built = sphinx.build(source)
    assert built.code == 0, built.output
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    page = (built.folder / "page.html").as_uri()
    dom = subprocess.run([*command, page], check=True, capture_output=True, timeout=60).stdout.decode()
    (sides,) = re.findall(r'data-above="([^"]*)"', dom)
    assert len(sides.split()) >= 4
    assert {*sides.split()} == {"true"}


@pytest.mark.skipif("catalogue" not in SCHEMAS, reason="this version publishes no schema of the catalogue yet")
def test_the_sample_follows_the_published_schema(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    command = [sys.executable, "-m", "authscribe", "schema", "catalogue"]
    schema.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(PROJECT / "catalogue.json")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
