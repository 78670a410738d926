"""Name the connector of a Postman document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from authscribe.model import naming
from authscribe.model.draft import Node, get_text


@dataclass(frozen=True, slots=True)
class DocumentName:
    """Name of a document, and the id made from it; None if no id can be made from it, nor from the name of the file."""

    text: str
    identifier: str | None


def find_name(path: str, stated: Node | None) -> DocumentName:
    """Return the name that a document states, else that of its file without `.postman_collection` and the like."""
    text = get_text(stated) or ""
    names = (text, PurePath(path).name.split(".")[0])
    identifiers = (naming.make_id(name) for name in names)
    return DocumentName(text, next((each for each in identifiers if naming.is_id(each)), None))
