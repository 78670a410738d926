from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support import ROOT, run

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CONFIGURATION = """\
sources = ["schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml"]
connectors = ["connectors/*"]
source-url = "https://example.com/blob/main/{path}#L{line}"
"""
MANIFEST = '{"auth": "oauth2", "datatypes": {}, "system-template": "templates/system.json"}'
SYSTEM = """\
{"_id": "x", "type": "system:rest", "url_pattern": "https://api.hubapi.com/%s",
 "oauth2": {"access_token": "$SECRET(oauth_access_token)", "refresh_token": "$SECRET(oauth_refresh_tokn)"}}
"""

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the catalogue of the project's definitions: hubspot has findings, wix has drift, the others neither."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "schemes", desk / "schemes")
    (desk / "authscribe.toml").write_text(CONFIGURATION)
    templates = desk / "connectors" / "hubspot" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "manifest.json").write_text(MANIFEST)
    (templates / "system.json").write_text(SYSTEM)
    # The finding about hubspot is an error.
    assert run("generate", cwd=desk).code == 1
    (desk / "output/sesam/connectors/wix/system.json").write_text("{}\n")
    assert run("generate", cwd=desk).code == 1
    return desk / "output" / "catalogue"


@pytest.fixture
def opened(browser: Browser, site: Path) -> Iterator[Open]:
    """Open pages that load nothing from elsewhere and log no error."""
    complaints: list[str] = []
    requests: list[str] = []
    contexts = []

    def open_page(
        address: str | None = None, *, width: int = 1280, height: int = 900, init: str = "", **more: Any
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        start = address or (site / "index.html").as_uri()
        page.goto(start if start.startswith(("file:", "http:")) else f"{(site / 'index.html').as_uri()}{start}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:///", "http://127.0.0.1:"))] == []
    assert all(url.split("#")[0].endswith(("/index.html", ".svg", "/catalogue.json")) for url in requests)
