"""Takes the pictures of the manual: `make screenshots`, on a machine with chromium.

A small Sphinx project with the directives of `authscribe.sphinxext`, and the catalogue of this project's own
definitions, are built in a temporary folder and shown in a headless browser. What is below the content is cut away,
and the colours are reduced, so that the pictures stay small.
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
_BROWSER: Final = (
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
class Picture:
    """A picture: the page that it shows, and how large the window is."""

    name: str
    page: str
    width: int = 1000
    height: int = 1600
    is_dark: bool = False


PICTURES: Final = (
    Picture("scheme-page", "site/scheme.html"),
    Picture("connector-page", "site/connector.html"),
    Picture("catalogue", "output/catalogue/index.html", width=1320, height=900),
    Picture("catalogue-dark", "output/catalogue/index.html", width=1320, height=900, is_dark=True),
)


def main() -> None:
    """Builds what is to be seen, and takes every picture."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("chromium is not here; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _build(folder)
        for picture in PICTURES:
            _take(browser, picture, folder)


def _build(folder: Path) -> None:
    """The catalogue of this project, and the Sphinx project that shows parts of it."""
    shutil.copytree(PROJECT, folder / "source")
    generate = ("-m", "authscribe", "generate", "--target", "catalogue", "--out-dir", str(folder / "output"))
    _run(sys.executable, *generate, "--output-format", "concise")
    _run(sys.executable, "-m", "sphinx", "-W", "-n", "-q", str(folder / "source"), str(folder / "site"))


def _take(browser: str, picture: Picture, folder: Path) -> None:
    taken = folder / f"{picture.name}.png"
    look = ("--force-dark-mode",) if picture.is_dark else ()
    size = (f"--window-size={picture.width},{picture.height}", f"--user-data-dir={folder / 'browser'}")
    _run(browser, *_BROWSER, *look, *size, f"--screenshot={taken}", f"{(folder / picture.page).as_uri()}")
    with Image.open(taken) as image:
        _cut(image.convert("RGB")).quantize(_COLOURS).save(TARGET / taken.name, optimize=True)


def _cut(image: Image.Image) -> Image.Image:
    """Without the empty part below the content, and the line that ends it."""
    image = image.crop((0, 0, image.width, image.height - _MARGIN))
    empty = Image.new("RGB", image.size, image.getpixel((image.width // 2, image.height - 1)))
    box = ImageChops.difference(image, empty).getbbox()
    return image.crop((0, 0, image.width, min(image.height, box[3] + _MARGIN))) if box else image


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
