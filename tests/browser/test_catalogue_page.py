"""Test the catalogue page in a browser: with a keyboard, without scripts, in dark mode, and with many connectors."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from support import run

Open = Callable[..., Page]
SHOWN = "() => [...document.querySelectorAll('#rows tr')].filter((row) => !row.hidden).map((row) => row.dataset.id)"


def shown(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SHOWN)
    return found


def state(page: Page) -> str:
    return page.url.partition("#")[2]


def test_a_search_narrows_the_list_and_says_how_many_are_left(opened: Open) -> None:
    page = opened()
    assert len(shown(page)) == 12
    page.get_by_label("Search").fill("OAUTH2 wav")
    assert shown(page) == ["wave"]
    expect(page.get_by_role("status")).to_have_text("1 of 12 connectors")
    page.get_by_label("Search").fill("consumer_token")
    assert shown(page) == ["tripletex"]
    page.get_by_label("Search").fill("nobody")
    assert shown(page) == []
    expect(page.get_by_text("No connector fits.")).to_be_visible()
    page.get_by_role("button", name="Show all connectors").click()
    assert len(shown(page)) == 12
    expect(page.get_by_label("Search")).to_be_focused()


def test_filters_narrow_the_list_together(opened: Open) -> None:
    page = opened()
    page.get_by_label("State").select_option("findings")
    assert shown(page) == ["hubspot"]
    page.get_by_label("State").select_option("drift")
    assert shown(page) == ["wix"]
    page.get_by_label("State").select_option("clean")
    page.get_by_label("Scheme", exact=True).select_option("oauth2")
    assert shown(page) == ["shopify", "wave"]
    page.get_by_label("Kind").select_option("api_key")
    assert shown(page) == []
    page.get_by_role("button", name="Clear").click()
    assert len(shown(page)) == 12
    page.get_by_label("Kind").select_option("jwt")
    assert shown(page) == ["webcrm"]
    page.get_by_label("Status").select_option("stable")
    assert state(page) == "kind=jwt&status=stable"


def test_numbers_and_schemes_lead_to_their_connectors(opened: Open) -> None:
    page = opened()
    page.get_by_role("link", name="1 with drift").click()
    assert (shown(page), state(page)) == (["wix"], "state=drift")
    page.get_by_role("link", name="Only its connectors (Tripletex authentication)").click()
    assert (shown(page), state(page)) == (["tripletex"], "scheme=tripletex")
    page.locator("#scheme-oauth2").get_by_role("link", name="HubSpot").click()
    expect(page.get_by_role("heading", name="HubSpot")).to_be_focused()


def test_everything_can_be_done_with_the_keyboard(opened: Open) -> None:
    page = opened()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_label("Search")).to_have_value("a/b")
    page.get_by_label("Search").fill("e")
    page.keyboard.press("ArrowDown")
    first, second, *_ = shown(page)
    focused = "() => document.activeElement.closest('tr')?.dataset.id"
    assert page.evaluate(focused) == first
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == second
    page.keyboard.press("End")
    assert page.evaluate(focused) == shown(page)[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == first
    outline = page.evaluate("() => getComputedStyle(document.activeElement, '::after').outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    link = page.locator(f"tr[data-id={first}] a")
    expect(page.locator("#panel-title")).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "false")
    stops = page.evaluate("() => document.querySelectorAll('#rows a[tabindex=\"0\"]').length")
    assert stops == 1


def test_the_panel_says_everything_about_a_connector(opened: Open) -> None:
    page = opened("#connector=hubspot")
    panel = page.get_by_role("complementary")
    for text in (
        "HubspotRuntime.oauth_access_token", "HUBSPOT_OAUTH_ACCESS_TOKEN", "$SECRET(oauth_access_token)",
        "copied from client_id", "secret-not-injectable", "https://api.hubapi.com/oauth/v1/token",
    ):  # fmt: skip
        expect(panel).to_contain_text(text)
    definition = panel.get_by_role("link", name="schemes/connectors/hubspot.yaml:2")
    expect(definition).to_have_attribute("href", "https://example.com/blob/main/schemes/connectors/hubspot.yaml#L2")
    use = panel.get_by_role("link", name="connectors/hubspot/templates/system.json:2").first
    expect(use).to_have_attribute("href", "https://example.com/blob/main/connectors/hubspot/templates/system.json#L2")
    page.goto(page.url.replace("hubspot", "wix"))
    expect(panel).to_contain_text("edited")
    expect(panel).to_contain_text("sesam/connectors/wix/system.json")


def test_the_badge_can_be_copied(opened: Open) -> None:
    page = opened("#connector=wave", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "![auth: oauth2](badges/wave.svg)"


def test_the_address_keeps_where_one_is(opened: Open) -> None:
    page = opened()
    page.get_by_label("Scheme", exact=True).select_option("api_key")
    page.get_by_label("Search").fill("zen")
    page.get_by_role("link", name="Zendesk").first.click()
    assert state(page) == "q=zen&scheme=api_key&connector=zendesk"
    page.reload()
    assert shown(page) == ["zendesk"]
    expect(page.get_by_label("Search")).to_have_value("zen")
    expect(page.get_by_label("Scheme", exact=True)).to_have_value("api_key")
    expect(page.get_by_role("heading", name="Zendesk")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    assert shown(page) == ["zendesk"]
    page.go_back()
    assert len(shown(page)) == 12
    expect(page.get_by_label("Search")).to_have_value("")
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name="Zendesk")).to_be_visible()


def test_a_jump_on_the_page_keeps_what_is_chosen(opened: Open) -> None:
    page = opened("#kind=api_key", width=380)
    page.get_by_role("link", name="Zendesk").first.click()
    page.get_by_role("complementary").get_by_role("link", name="API key").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#scheme-api_key")).to_be_in_viewport()
    page.get_by_label("Search").fill("zen")
    assert (shown(page), state(page)) == (["zendesk"], "q=zen&kind=api_key")


@pytest.mark.parametrize("address", ["#connector=nobody", "#scheme=none-such&q=%", "#q=&&==", "#scheme-oauth2"])
def test_an_address_that_leads_nowhere_is_no_mistake(opened: Open, address: str) -> None:
    page = opened(address)
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#hits")).not_to_have_text("")


def lightness(page: Page) -> float:
    values = page.evaluate("() => getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number)")
    return sum(values[:3]) / 3


def test_dark_is_as_the_system_has_it_until_somebody_chooses(opened: Open) -> None:
    page = opened(color_scheme="dark")
    assert lightness(page) < 60
    page.get_by_role("button", name="Light theme").click()
    assert lightness(page) > 200
    page.reload()
    assert lightness(page) > 200
    page.get_by_role("button", name="Dark theme").click()
    assert lightness(page) < 60
    light = opened(color_scheme="light")
    assert lightness(light) > 200


def test_where_nothing_can_be_remembered_the_choice_holds_for_the_visit(opened: Open) -> None:
    refuse = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = opened(init=refuse, color_scheme="light")
    page.get_by_role("button", name="Dark theme").click()
    assert lightness(page) < 60


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 380)])
@pytest.mark.parametrize("address", ["", "#connector=hubspot", "#q=nobody"])
def test_axe_has_nothing_to_say(opened: Open, scheme: str, width: int, address: str) -> None:
    page = opened(address, width=width, color_scheme=scheme)
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    assert [(found["id"], [node["target"] for node in found["nodes"]]) for found in violations] == []


def test_axe_would_say_something(opened: Open) -> None:
    """Check the check: a control without a name is found."""
    page = opened()
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name" in {found["id"] for found in Axe().run(page).response["violations"]}


def test_a_narrow_page_has_no_sideways_scroll(opened: Open) -> None:
    page = opened(width=380)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    expect(page.locator("tr[data-id=hubspot] .sub")).to_be_visible()
    page.get_by_role("link", name="HubSpot").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.closest('main, header.top, footer') === null")
    page.keyboard.press("Escape")
    expect(page.locator("tr[data-id=hubspot] a")).to_be_focused()


@pytest.mark.parametrize("width", [1000, 1280, 1440, 1600])
def test_beside_an_open_connector_no_column_is_cut(opened: Open, width: int) -> None:
    page = opened("#connector=hubspot", width=width)
    assert (
        page.evaluate(
            "(() => { const m = document.querySelector('.matrix'); return m.scrollWidth - m.clientWidth; })()"
        )
        == 0
    )
    edges = page.evaluate("""() => ['.matrix', '#panel', 'tr.chosen .pill:last-of-type'].map((selector) =>
          (({ left, right }) => [left, right])(document.querySelector(selector).getBoundingClientRect()))""")
    matrix, panel, pill = edges
    assert pill[1] < matrix[1] < panel[0]
    covered = page.evaluate("""() => document.querySelector('tr.chosen').getBoundingClientRect().top
          < document.querySelector('thead').getBoundingClientRect().bottom""")
    assert not covered
    row = page.locator("tr[data-id=hubspot]")
    expect(row.locator(".sub").or_(row.locator(".dot")).locator("visible=true")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(row.locator(".dot")).to_be_visible()


def test_the_worst_severity_colours_the_badge_and_words_name_all(opened: Open, site: Path) -> None:
    page = opened()
    colours = {}
    for name in ("hubspot", "wix", "wave"):
        page.goto((site / "badges" / f"{name}.svg").as_uri())
        colours[name] = page.locator("rect").last.get_attribute("fill")
        text = page.locator("text").last.text_content() or ""
        assert re.fullmatch({"hubspot": r"1 error, \d+ warnings, \d+ infos", "wix": "drift"}.get(name, "clean"), text)
    assert colours["hubspot"] == colours["wix"] != colours["wave"]


def test_without_scripts_the_table_can_be_read(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="HubSpot")
    expect(row.locator(".how")).to_have_text(re.compile(r"1 error\s+\d+ warnings"))
    expect(page.get_by_role("columnheader")).to_have_count(10)
    expect(page.get_by_role("rowheader")).to_have_count(12)


def test_on_paper_there_is_nothing_to_press(opened: Open) -> None:
    page = opened("#connector=wix")
    expect(page.get_by_role("heading", name="Wix")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    assert not [button for button in page.locator("button").all() if button.is_visible()]
    expect(page.get_by_role("rowheader").last).to_be_visible()


def test_paper_shows_the_schemes_without_colours_and_columns(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="Dark theme").click()
    page.emulate_media(media="print")
    # Browsers print no backgrounds, such as dots, and cut columns that do not fit.
    expect(page.locator(".dot").first).to_be_hidden()
    expect(page.locator("#rows .sub").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_server_is_asked_for_nothing_but_the_page(opened: Open, site: Path) -> None:
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = opened(f"http://127.0.0.1:{server.server_port}/index.html")
        page.get_by_label("Search").fill("wave")
        page.get_by_role("link", name="Wave").first.click()
        expect(page.get_by_role("heading", name="Wave")).to_be_visible()
        beside = page.get_by_role("link", name="catalogue.json").evaluate("(link) => link.href")
        assert len(page.request.get(beside).json()["connectors"]) == 12
    finally:
        server.shutdown()
        server.server_close()
    assert asked == ["/index.html", "/catalogue.json"]


@pytest.mark.parametrize("name", ["hubspot", "wix", "wave"])
def test_the_text_of_a_badge_fits(opened: Open, site: Path, name: str) -> None:
    page = opened((site / "badges" / f"{name}.svg").as_uri())
    expect(page.locator("svg > title")).to_contain_text("auth: ")
    box = page.evaluate(
        "(() => { const b = document.documentElement.getBoundingClientRect(); return [b.left, b.right]; })()"
    )
    texts = page.evaluate(
        "[...document.querySelectorAll('text')].map((t) => { const b = t.getBoundingClientRect(); return [b.left, b.right]; })"
    )
    (_, middle), (start, _) = texts
    assert box[0] + 4 < texts[0][0]
    assert middle + 8 < start
    assert texts[1][1] + 4 < box[1]


HOSTILE = "</script><script>window.pwned=1</script><!--<img src=x onerror=window.pwned=1>\"'\u2028&amp;<<x>>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("hostile")
    setting = {"name": "key", "title": HOSTILE, "description": HOSTILE}
    placement = {"in": "header", "name": HOSTILE, "value": "{key}</script>"}
    scheme = {
        "id": "s", "title": HOSTILE, "summary": HOSTILE, "docs": "javascript:window.pwned=1", "kind": "api_key",
        "required": [setting], "injected": [setting], "placements": [placement],
    }  # fmt: skip
    connector = {
        "id": "c", "title": HOSTILE, "summary": HOSTILE, "notes": [HOSTILE], "docs": "javascript:window.pwned=1", "scheme": "s",
        "endpoints": {"base": {"url": "javascript:window.pwned=1"}},
    }  # fmt: skip
    (desk / "s.json").write_text(json.dumps({"schemes": [scheme], "connectors": [connector]}))
    (desk / "authscribe.toml").write_text('sources = ["s.json"]\ntargets = ["catalogue"]\n')
    outcome = run("generate", cwd=desk)
    assert outcome.code == 0, outcome.stdout
    return desk / "output" / "catalogue"


def test_text_of_a_definition_stays_text(opened: Open, hostile: Path) -> None:
    page = opened(f"{(hostile / 'index.html').as_uri()}#connector=c")
    assert page.evaluate("window.pwned") is None
    shown_text = HOSTILE.replace("\u2028", " ")
    expect(page.locator("tr[data-id=c] a")).to_have_text(shown_text)
    expect(page.locator("#panel-title")).to_have_text(shown_text)
    assert page.locator("#panel .note").first.text_content() == HOSTILE
    assert page.locator("script").count() == 4
    assert page.locator("img").count() == 0
    links = page.evaluate("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
    assert not [target for target in links if re.match(r"\s*javascript", target, re.IGNORECASE)]
    page.get_by_label("Search").fill("<script>")
    assert shown(page) == ["c"]


@pytest.fixture(scope="module")
def detailed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalogue of one connector that states many facts, and a word that is longer than a line."""
    desk = tmp_path_factory.mktemp("detailed")
    word = "https://wave.example/" + "a" * 200
    mode = {
        "name": "mode", "type": "integer", "enum": [{"value": 1, "label": "One"}, {"value": 2}], "default": 1,
        "title": "Mode of access", "deprecated": True,
    }  # fmt: skip
    key = {
        "name": "key",
        "origin": {"source": "derived", "expression": "a hash"},
        "lifetime": "expires",
        "secret": "yes",
    }
    host = {"name": "host", "pattern": "^[a-z]+$", "format": "hostname", "example": "eu", "optional": True}
    placements = [{"in": "header", "name": "X-Key", "value": "{key}"}, {"in": "query", "name": "h", "value": "{host}"}]
    placements[1]["fallback"] = "{mode}"
    scheme = {
        "id": "s", "kind": "api_key", "summary": word, "notes": [word], "injected": [key], "parameters": [mode, host],
        "placements": placements,
    }  # fmt: skip
    connector = {"id": "c", "summary": word, "notes": [word], "scheme": "s"}
    (desk / "s.json").write_text(json.dumps({"schemes": [scheme], "connectors": [connector]}))
    (desk / "authscribe.toml").write_text('sources = ["s.json"]\ntargets = ["catalogue"]\n')
    outcome = run("generate", cwd=desk)
    assert outcome.code == 0, outcome.stdout
    return desk / "output" / "catalogue"


def test_the_panel_has_every_fact_of_a_setting_and_of_a_placement(opened: Open, detailed: Path) -> None:
    page = opened(f"{(detailed / 'index.html').as_uri()}#connector=c")
    rows = [" | ".join(text.split("\n\n")) for text in page.locator("#panel .rows > li").all_inner_texts()]
    assert rows[:5] == [
        "key | derived (a hash) · expires",
        "mode | Mode of access | Integer · default 1 · one of 1 (One), 2 · deprecated",
        "host | optional · format hostname · matches ^[a-z]+$ · for example eu",
        "header X-Key | {key}",
        "query parameter h | {host} or {mode}",
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_long_word_breaks(opened: Open, detailed: Path, width: int) -> None:
    page = opened(f"{(detailed / 'index.html').as_uri()}#connector=c", width=width)
    wide = (
        "[...document.querySelectorAll('.card, #panel')].filter((each) => each.scrollWidth > each.clientWidth).length"
    )
    assert page.evaluate(wide) == 0


def test_a_script_from_elsewhere_is_refused_by_the_policy(browser: Any, site: Path, tmp_path: Path) -> None:
    text = (site / "index.html").read_text()
    (tmp_path / "index.html").write_text(text.replace("</body>", "<script>window.pwned = 1</script></body>"))
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate("window.pwned") is None
    assert len(shown(page)) == 12
    page.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalogue of a thousand connectors and sixty schemes."""
    desk = tmp_path_factory.mktemp("large")
    setting = {"name": "token", "description": "The token that each request carries."}
    schemes = [
        {"id": f"s{i}", "title": f"Scheme {i}", "kind": "api_key", "required": [setting], "injected": [setting]}
        for i in range(60)
    ]
    connectors = [{"id": f"c{i:03}", "title": f"Connector {i}", "scheme": f"s{i % 60}"} for i in range(1000)]
    (desk / "s.json").write_text(json.dumps({"schemes": schemes, "connectors": connectors}))
    (desk / "authscribe.toml").write_text('sources = ["s.json"]\ntargets = ["catalogue"]\n')
    outcome = run("generate", cwd=desk)
    assert outcome.code == 0, outcome.stdout
    return desk / "output" / "catalogue"


FILTERED = """(text) => {
  const search = document.getElementById("q");
  const start = performance.now();
  search.value = text;
  search.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""


def test_a_thousand_connectors(
    opened: Open, large: Path, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Record times, without a limit: machines differ."""
    page = opened((large / "index.html").as_uri())
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    times = [page.evaluate(FILTERED, text) for text in ("connector 9", "scheme 7", "c123", "")]
    for name, value in (("load_ms", round(loaded)), ("filter_ms", [round(time, 1) for time in times])):
        record_property(name, value)
        with capsys.disabled():
            print(f"\na thousand connectors by sixty schemes: {name} = {value}")
    page.evaluate(FILTERED, "connector 99")
    assert shown(page) == [f"c{i:03}" for i in range(1000) if "99" in f"{i:03}"]
    page.evaluate(FILTERED, "")
    assert len(shown(page)) == 1000


def test_headings_stay_in_sight(opened: Open, large: Path) -> None:
    page = opened((large / "index.html").as_uri())
    corner = "() => { const b = document.querySelector('#rows tr:nth-child(400) .name').getBoundingClientRect(); return b.left; }"
    top = "() => document.querySelector('thead').getBoundingClientRect().top - document.querySelector('.matrix').getBoundingClientRect().top"
    before = page.evaluate(corner), page.evaluate(top)
    page.evaluate("document.querySelector('.matrix').scrollTo(900, 9000)")
    page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector('.matrix').scrollTop") > 0
    assert page.evaluate("document.querySelector('.matrix').scrollLeft") > 0
    assert (page.evaluate(corner), page.evaluate(top)) == before
    columns = page.evaluate(
        "() => [...document.querySelectorAll('thead th')].map((th) => Math.round(th.getBoundingClientRect().left))"
    )
    cells = page.evaluate(
        "() => [...document.querySelector('#rows tr').children].map((td) => Math.round(td.getBoundingClientRect().left))"
    )
    assert columns == cells
