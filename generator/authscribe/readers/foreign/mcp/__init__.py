"""Read definitions of MCP servers: `server.json` of the MCP registry, and `server.yaml` of Docker's.

Facts are those of the schema of 2025-12-11 and of its predecessors since 2025-07-09, whose keys are in snake case
(https://github.com/modelcontextprotocol/registry, `docs/reference/server-json`), and of the code of Docker's registry
(https://github.com/docker/mcp-registry, `pkg/catalog/tile.go`). Answers of the registry's API are read as well: they
hold servers under `server` or `servers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.model.draft import DefinitionDraft, Draft, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.mcp.docker import is_docker_server, read_docker_server
from authscribe.readers.foreign.mcp.server import is_server, read_server
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft, parse_boolean

_LATEST_KEYS: Final = ("isLatest", "is_latest")


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether the document is a server in one of the forms, or an answer of the registry with servers."""
    return is_server(node) or is_docker_server(node) or _is_answer(node)


def draft(path: str, node: MapNode) -> Draft:
    """Return a connector for each server, with a scheme for each package and remote, which are alternatives."""
    document = TrackedMapping(node)
    return collect_draft(path, _read(document), document)


def _read(document: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    if is_docker_server(document.node):
        yield from read_docker_server(document)
    elif not is_server(document.node) and _is_answer(document.node):
        yield from _read_answer(document)
    else:
        yield from read_server(document, document)


def _is_answer(node: MapNode) -> bool:
    server, servers = node.find("server"), node.find("servers")
    items = servers.items if isinstance(servers, ListNode) else ()
    return _holds_server(server) or any(map(_is_entry, items))


def _is_entry(node: Node) -> bool:
    """Return whether an item of a list is a server, or holds one beside the registry's remarks."""
    return _holds_server(node) or (isinstance(node, MapNode) and _holds_server(node.find("server")))


def _holds_server(node: Node | None) -> bool:
    return isinstance(node, MapNode) and is_server(node)


def _read_answer(document: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the servers in an answer, each with the registry's remarks about it."""
    if _holds_server(document.peek("server")):
        yield from read_server(document.child("server"), document)
        return
    entries = document.children("servers")
    latest = _find_latest(entry.node for entry in entries)
    for entry in entries:
        name = _find_name(entry.node)
        if name is None or latest[name] is entry.node:
            yield from read_server(entry.child("server") if isinstance(entry.peek("server"), MapNode) else entry, entry)
        else:
            entry.lose_all("another version of the server is read")
    document.lose_all("it belongs to the registry, not to a server")


def _find_name(entry: MapNode) -> str | None:
    """Return the name of the server that an entry is or holds."""
    server = entry.find("server")
    return get_text((server if isinstance(server, MapNode) else entry).find("name"))


def _find_latest(entries: Iterable[MapNode]) -> dict[str, MapNode]:
    """Return the entry of the latest version of each server by its name.

    The registry marks the latest version, and lists the versions of a server from the oldest to the newest.
    """
    latest: dict[str, MapNode] = {}
    marked: set[str] = set()
    for entry in entries:
        name, is_latest = _find_name(entry), _is_latest(entry)
        if name is not None and (is_latest or name not in marked):
            latest[name] = entry
            marked.update([name] if is_latest else ())
    return latest


def _is_latest(entry: MapNode) -> bool:
    """Return whether the registry marks an entry as the latest version, in its own remarks or those in the server."""
    outer = [entry, *_list_mappings(entry)]
    inner = [node for each in outer for node in _list_mappings(each)]
    flags = (node.find(key) for node in (*outer, *inner) for key in _LATEST_KEYS)
    return any(parse_boolean(flag) is True for flag in flags)


def _list_mappings(node: MapNode) -> Iterator[MapNode]:
    return (entry.node for entry in node.entries if isinstance(entry.node, MapNode))
