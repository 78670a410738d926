"""Read the front matter of a page in Markdown: YAML, TOML or JSON above its text."""

from __future__ import annotations

import re
from typing import Final

from authscribe.model.draft import MapNode, Node, ScalarNode
from authscribe.readers.pages.sections import (
    Paragraph,
)

FRONT_MATTER: Final = re.compile(
    r"\A(?:(?P<yaml>---\n.*?\n)(?:---|\.\.\.)|\+\+\+\n(?P<toml>.*?\n)\+\+\+"
    r"|---json\n(?P<fenced>\{.*?\})\n---|(?P<json>\{\n.*?\n\}))(?=\n|\Z)",
    re.DOTALL,
)


def find_front_title(path: str, text: str) -> Paragraph | None:
    """Return the title in the front matter of a page, if any."""
    front_matter = FRONT_MATTER.match(text)
    if front_matter is None:
        return None
    tree = _parse_front_matter(path, front_matter)
    node = tree.find("title") if isinstance(tree, MapNode) else None
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return None
    title = " ".join(node.value.split())
    return Paragraph(title, title, node.place) if title else None


def _parse_front_matter(path: str, match: re.Match[str]) -> Node | None:
    # Imported here: most pages have no front matter.
    from authscribe.readers.syntax.json import parse_json
    from authscribe.readers.syntax.toml import parse_toml
    from authscribe.readers.syntax.yaml import parse_yaml

    if match["yaml"] is not None:
        return parse_yaml(path, match["yaml"])[0]
    # Empty lines in the place of the line that only begins the front matter.
    if match["toml"] is not None:
        return parse_toml(path, f"\n{match['toml']}")[0]
    return parse_json(path, match["json"] or f"\n{match['fenced']}")[0]
