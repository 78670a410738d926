"""Read definitions of MCP servers: `server.json` of the MCP registry, and `server.yaml` of Docker's.

Facts are those of the schema of 2025-12-11 and of its predecessors since 2025-07-09, whose keys are in snake case
(https://github.com/modelcontextprotocol/registry, `docs/reference/server-json`), and of the code of Docker's registry
(https://github.com/docker/mcp-registry, `pkg/catalog/tile.go`). Answers of the registry's API are read as well: they
hold servers under `server` or `servers`.
"""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.findings.finding import Finding
from authscribe.model.draft import DefinitionDraft, Draft, ListNode, MapNode, Node
from authscribe.readers.foreign.mcp.docker import is_docker_server, read_docker_server
from authscribe.readers.foreign.mcp.server import is_server, read_server
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft


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
    for entry in document.children("servers"):
        yield from read_server(entry.child("server") if _holds_server(entry.peek("server")) else entry, entry)
    document.lose_all("it belongs to the registry, not to a server")
