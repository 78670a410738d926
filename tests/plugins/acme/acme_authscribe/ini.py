"""Read a markup: one scheme for each section of an INI file."""

from __future__ import annotations

from configparser import ConfigParser

from authscribe.plugin_api import DefinitionDraft, Draft, Noun, Place, to_node

SUFFIXES = (".ini",)


def read(path: str, text: str) -> Draft:
    parser = ConfigParser()
    parser.read_string(text)
    schemes = ({"id": name, "required": [{"name": key} for key in parser[name]]} for name in parser.sections())
    nodes = (to_node(scheme, Place(path, 1, 1, 1, 2)) for scheme in schemes)
    return Draft(path, definitions=tuple(DefinitionDraft(Noun.SCHEME, node) for node in nodes))
