"""Take the manual's screenshots with headless Chromium; run by `make screenshots`.

The script builds two things in a temporary folder: the small Sphinx project in `_pictures`, which uses the directives
of `authscribe.sphinxext`, and the catalogue page of this repository's definitions. Screenshots are cropped below the
content and reduced to a small palette, to keep the repository small.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

ROOT: Final = Path(__file__).resolve().parent.parent
PROJECT: Final = ROOT / "docs" / "_pictures"
TARGET: Final = ROOT / "docs" / "_static"
_BROWSER_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_COLOURS: Final = 64
_MARGIN: Final = 24


@dataclass(frozen=True)
class Screenshot:
    """Screenshot to take: its file name, the page it shows, and the window size in pixels."""

    name: str
    page: str
    width: int = 1000
    height: int = 1600
    is_dark: bool = False


SCREENSHOTS: Final = (
    Screenshot("scheme-page", "site/scheme.html"),
    Screenshot("connector-page", "site/connector.html"),
    Screenshot("catalogue", "output/catalogue/index.html", width=1320, height=900),
    Screenshot("catalogue-dark", "output/catalogue/index.html", width=1320, height=900, is_dark=True),
)


def main() -> None:
    """Build the pages and take every screenshot; exit with a message if Chromium is not installed."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("chromium is not installed; on Debian, run: apt install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _build_pages(folder)
        for screenshot in SCREENSHOTS:
            _take_screenshot(browser, screenshot, folder)


def _build_pages(folder: Path) -> None:
    """Generate this repository's catalogue, and build the Sphinx project that shows parts of it."""
    shutil.copytree(PROJECT, folder / "source")
    generate = ("-m", "authscribe", "generate", "--target", "catalogue", "--out-dir", str(folder / "output"))
    _run(sys.executable, *generate, "--output-format", "concise")
    _run(sys.executable, "-m", "sphinx", "-W", "-n", "-q", str(folder / "source"), str(folder / "site"))


def _take_screenshot(browser: str, screenshot: Screenshot, folder: Path) -> None:
    path = folder / f"{screenshot.name}.png"
    mode = ("--force-dark-mode",) if screenshot.is_dark else ()
    size = (f"--window-size={screenshot.width},{screenshot.height}", f"--user-data-dir={folder / 'browser'}")
    _run(browser, *_BROWSER_OPTIONS, *mode, *size, f"--screenshot={path}", (folder / screenshot.page).as_uri())
    with Image.open(path) as image:
        _crop(image.convert("RGB")).quantize(_COLOURS).save(TARGET / path.name, optimize=True)


def _crop(image: Image.Image) -> Image.Image:
    """Return the image without the empty area below the content, and without the page's bottom border."""
    image = image.crop((0, 0, image.width, image.height - _MARGIN))
    empty = Image.new("RGB", image.size, image.getpixel((image.width // 2, image.height - 1)))
    box = ImageChops.difference(image, empty).getbbox()
    return image.crop((0, 0, image.width, min(image.height, box[3] + _MARGIN))) if box else image


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
