"""Settings that come from a stub alone authenticate requests to a server on this machine, with httpx and with requests."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
import threading
import traceback
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, execute, forget, run, run_tool

from authscribe.encoders.dotenv import encode_dotenv_value

CANARY = "CANARY-7f3a"
SCHEMES = [str(ROOT / "schemes" / name) for name in ("authentication-schemes.rst", "common.yaml", "refinements.yaml")]
DEFINITIONS = """
schemes:
  - id: session
    required: [{name: user, optional: true}]
    injected: [{name: user, origin: {source: copied, required: user}}]
    placements: [{in: cookie, name: user, value: "{user}"}]
  - {id: signed, kind: aws_sigv4, injected: [{name: access_key}]}
  - {id: digested, kind: http_digest, injected: [{name: password}], placements: [{in: basic_password, value: "{password}"}]}
  - {id: certified, kind: mtls, injected: [{name: certificate}]}
  - {id: unplaced, kind: jwt, injected: [{name: private_key}]}
  - id: varied
    required: [{name: pin, optional: true}, {name: region, optional: true}]
    injected:
      - {name: pin, origin: {source: copied, required: pin}}
      - {name: region, origin: {source: copied, required: region}}
    parameters:
      - {name: count, type: integer, default: 3}
      - {name: share, type: number, default: 2.5}
      - {name: dry, type: boolean, default: true}
      - {name: tags, type: array, optional: true}
    placements:
      - {in: header, name: X-Count, value: "{count} {{of}} {share}"}
      - {in: header, name: X-Region, value: "{region}"}
      - {in: header, name: X-Constant, value: "v1"}
      - {in: query, name: dry, value: "{dry}"}
      - {in: query, name: tags, value: "{tags}"}
      - {in: basic_username, value: "{pin}"}
      - {in: basic_password, value: "x"}
      - {in: body, name: limit.count, value: "{count}"}
      - {in: body, name: limit.text, value: "{count} of"}
      - {in: body, name: tags, value: "{tags}"}
  - id: partly
    required: [{name: a, optional: true}, {name: b, optional: true}]
    injected:
      - {name: a, origin: {source: copied, required: a}}
      - {name: b, origin: {source: copied, required: b}}
    placements: [{in: header, name: X-Both, value: "{a}/{b}"}]
  - id: fallback
    required: [{name: a, optional: true}, {name: b, optional: true}]
    injected:
      - {name: a, origin: {source: copied, required: a}}
      - {name: b, origin: {source: copied, required: b}}
    placements:
      - {in: header, name: X-Other, value: "A {a}", fallback: "B {b}"}
      - {in: query, name: constant, value: "{a}", fallback: none}
      - {in: basic_username, value: user}
      - {in: basic_password, value: x}
  - id: clashing
    injected: [{name: key}]
    placements: [{in: body, name: auth, value: "{key}"}, {in: body, name: auth.key, value: "{key}"}]
  - id: misnamed
    injected: [{name: key}]
    placements: [{in: header, name: "X Key", value: "{key}"}]
  - id: twice
    injected: [{name: key}]
    placements: [{in: header, name: authorization, value: "{key}"}, {in: basic_username, value: "{key}"}]
connectors:
  - {id: oauth, scheme: oauth2, placements: [{in: header, name: Authorization, value: "Bearer {oauth_access_token}"}]}
  - {id: superoffice, scheme: superoffice}
  - {id: jwt, scheme: jwt}
  - id: tripletex
    scheme: tripletex
    placements:
      - {in: basic_username, value: "0"}
      - {in: basic_password, value: "{employee_token}"}
      - {in: query, name: consumer, value: "{consumer_token}"}
  - {id: header, scheme: api_key, placements: [{in: header, name: X-Key, value: "Key {api_key}"}]}
  - {id: query, scheme: api_key, placements: [{in: query, name: api key, value: "{api_key}"}]}
  - {id: path, scheme: api_key, placements: [{in: path, name: key, value: "k/{api_key}"}]}
  - {id: cookie, scheme: api_key, placements: [{in: cookie, name: key, value: "{api_key}"}]}
  - id: body
    scheme: api_key
    placements: [{in: body, name: auth.key, value: "{api_key}"}]
  - {id: username, scheme: api_key, placements: [{in: basic_username, value: "{api_key}"}]}
  - id: password
    scheme: api_key
    placements: [{in: basic_username, value: api}, {in: basic_password, value: "{api_key}"}]
  - id: jar
    scheme: api_key
    placements: [{in: header, name: cookie, value: "key={api_key}; fixed=1"}, {in: cookie, name: other, value: "2"}]
  - {id: natural, scheme: tripletex}
  - {id: block, scheme: api_key, placements: [{in: block, name: custom.key, value: "{api_key}"}]}
  - id: several
    methods: [{id: key, schemes: [signed]}, {id: both, schemes: [superoffice, session, varied]}]
"""


class Received(NamedTuple):
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2
        return values[0] if values else None

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def user(self) -> str:
        kind, _, token = str(self.header("Authorization")).partition(" ")
        assert kind == "Basic"
        return b64decode(token).decode()


class Server(ThreadingHTTPServer):
    """Records requests; `answers` has statuses and locations for paths, and 401 is for want of `required_header`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[Received] = []
        self.answers: dict[str, tuple[int, str]] = {}
        self.required_header = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        received = Received(self.command, self.path, self.headers.items(), body)
        self.server.received.append(received)
        status, location = self.server.answers.get(urlsplit(self.path).path, (200, ""))
        required = self.server.required_header
        if status == 200 and required and received.header(required) is None:
            status = 401
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *arguments: object) -> None:
        """Write nothing to the standard error stream."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


other_server = server


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("authenticate")
    (folder / "s.yaml").write_text(DEFINITIONS)
    sources = [argument for path in (*SCHEMES, "s.yaml") for argument in ("--source", path)]
    targets = ("--target", "python", "--target", "python-standalone")
    outcome = run("generate", *sources, "--out-dir", "out", *targets, cwd=folder)
    assert outcome.code == 0, outcome.stdout
    sys.path.insert(0, str(folder / "out" / "python"))
    forget("connector_auth")
    yield folder / "out"
    sys.path.pop(0)
    forget("connector_auth")


def find_runtime(connector: str, method: str = "") -> Any:
    module = importlib.import_module(f"connector_auth.connectors.{connector}")
    return getattr(module, f"{connector.capitalize()}{method.capitalize()}Runtime")


def write_variables(folder: Path, values: Mapping[str, str], patch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in values.items():
        patch.setenv(name, value)
    return {}


def write_env_file(folder: Path, values: Mapping[str, str], patch: pytest.MonkeyPatch) -> dict[str, str]:
    lines = [f"{name}={encode_dotenv_value(value)}\n" for name, value in values.items()]
    (folder / ".env").write_text("".join(lines))
    return {"env_file": str(folder / ".env")}


def write_secret_files(folder: Path, values: Mapping[str, str], patch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in values.items():
        (folder / name).write_text(value + "\n")
    return {"secrets_dir": str(folder)}


def mount_secret(folder: Path, values: Mapping[str, str], patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Lay out files as Kubernetes mounts a Secret, which it replaces by changing one link."""
    (folder / "..2026_11_29").mkdir()
    write_secret_files(folder / "..2026_11_29", values, patch)
    (folder / "..data").symlink_to("..2026_11_29")
    for name in values:
        (folder / name).symlink_to(f"..data/{name}")
    return {"secrets_dir": str(folder)}


Load = Callable[[Path, Mapping[str, str], pytest.MonkeyPatch], dict[str, str]]
Send = Callable[..., int]


def send_with_httpx(auth: Any, method: str, url: str, **options: Any) -> int:
    adapter = importlib.import_module("connector_auth.httpx_auth").HttpxAuth(auth)
    with httpx.Client(auth=adapter, follow_redirects=True, trust_env=False, verify=False) as client:
        return client.request(method, url, **options).status_code


def send_with_async_httpx(auth: Any, method: str, url: str, **options: Any) -> int:
    adapter = importlib.import_module("connector_auth.httpx_auth").HttpxAuth(auth)

    async def send() -> int:
        async with httpx.AsyncClient(auth=adapter, follow_redirects=True, trust_env=False, verify=False) as client:
            return (await client.request(method, url, **options)).status_code

    return asyncio.run(send())


def send_with_requests(auth: Any, method: str, url: str, **options: Any) -> int:
    options["data"] = options.pop("content", options.pop("data", None))
    with mount(auth) as session:
        return session.request(method, url, **options).status_code


def mount(auth: Any) -> requests.Session:
    adapter = importlib.import_module("connector_auth.requests_auth").RequestsAuth(auth)
    session: requests.Session = adapter.mount(requests.Session())
    session.trust_env = False
    return session


LOADS: tuple[Load, ...] = (write_variables, write_env_file, write_secret_files, mount_secret)
CLIENTS: tuple[Send, ...] = (send_with_httpx, send_with_async_httpx, send_with_requests)
each_client = pytest.mark.parametrize("send", [pytest.param(send, id=send.__name__[10:]) for send in CLIENTS])

SECRET = f"{CANARY} /+&=%?"
OAUTH = ("OAUTH_ACCESS_TOKEN", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_REFRESH_TOKEN")
WIRES: dict[str, tuple[dict[str, str], Callable[[Received], object]]] = {
    "oauth": (
        {**dict.fromkeys(OAUTH, SECRET), "TOKEN_URL": "https://example.com"},
        lambda received: received.header("Authorization") == f"Bearer {SECRET}",
    ),
    "superoffice": (
        {**dict.fromkeys(OAUTH, SECRET), "SO_TICKET": f"{CANARY}-2", "TOKEN_URL": "https://example.com"},
        lambda received: (
            received.header("Authorization") == f"SOTicket {CANARY}-2" and received.header("SO-Apptoken") == SECRET
        ),
    ),
    "jwt": (
        dict.fromkeys(("API_KEY", "JWT_ACCESS_TOKEN", "JWT_REFRESH_TOKEN"), SECRET),
        lambda received: received.header("Authorization") == f"Bearer {SECRET}",
    ),
    "tripletex": (
        {"CONSUMER_TOKEN": SECRET, "EMPLOYEE_TOKEN": f"{CANARY}:\u00e5", "BASE_URL": "https://example.com"},
        lambda received: received.user == f"0:{CANARY}:\u00e5" and ("consumer", SECRET) in received.query,
    ),
    "header": ({"API_KEY": SECRET}, lambda received: received.header("X-Key") == f"Key {SECRET}"),
    "query": (
        {"API_KEY": f"{SECRET}\u00e5"},
        lambda received: received.target.endswith("?page=2&api%20key=CANARY-7f3a%20%2F%2B%26%3D%25%3F%C3%A5"),
    ),
    "path": (
        {"API_KEY": f"{SECRET}\u00e5"},
        lambda received: received.target == "/k/CANARY-7f3a%20%2F%2B%26%3D%25%3F%C3%A5/items?page=2",
    ),
    "cookie": (
        {"API_KEY": f"{CANARY}/+&=%?"},
        lambda received: received.header("Cookie") == f"seen=1; key={CANARY}/+&=%?",
    ),
    "body": (
        {"API_KEY": f"{SECRET}\u00e5"},
        lambda received: json.loads(received.body) == {"page": [1], "auth": {"key": f"{SECRET}\u00e5"}},
    ),
    "username": ({"API_KEY": f"{SECRET}\u00e5"}, lambda received: received.user == f"{SECRET}\u00e5:"),
    "password": ({"API_KEY": f"{SECRET}:\u00e5"}, lambda received: received.user == f"api:{SECRET}:\u00e5"),
}
"""Values by variable, and the proof that a server has received them, by connector."""


@pytest.mark.parametrize("load", [pytest.param(load, id=load.__name__) for load in LOADS])
@pytest.mark.parametrize("connector", WIRES)
def test_values_of_a_stub_reach_the_server(
    generated: Path,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    connector: str,
    load: Load,
) -> None:
    caplog.set_level(logging.DEBUG)
    values, is_received = WIRES[connector]
    folder = tmp_path / "stub"
    folder.mkdir()
    named = {f"{connector.upper()}_{name}": value for name, value in values.items()}
    settings = find_runtime(connector).from_env(**load(folder, named, monkeypatch))
    auth = settings.authenticate()
    hole = "{key}/" if connector == "path" else ""
    headers, body = {"Cookie": "seen=1", "X-Other": "1"}, {"page": [1]}
    for send in CLIENTS:
        assert send(auth, "POST", f"{server.url}/{hole}items?page=2", headers=headers, json=body) == 200
        received = server.received.pop()
        assert is_received(received), received
        assert received.query[0] == ("page", "2")
        assert received.header("X-Other") == "1"
        assert str(received.header("Cookie")).startswith("seen=1")
        assert json.loads(received.body)["page"] == [1]
        assert received.header("Content-Length") == str(len(received.body))
    shown = [repr(auth), str(auth), *map(repr, auth), *(f"{part}" for part in auth)]
    logged = [record.getMessage() for record in caplog.records]
    assert any("HTTP Request: POST" in message for message in logged)
    assert any(record.name.startswith("urllib3") and "items" in record.getMessage() for record in caplog.records)
    assert CANARY not in "\n".join((*shown, *logged))
    held = [path for path in tmp_path.rglob("*") if path.is_file() and folder not in path.parents]
    assert not held


def authenticate(connector: str, **values: object) -> Any:
    return find_runtime(connector).model_validate({"api_key": SECRET, **values}).authenticate()


def explain(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    return f"{error}\n{error!r}\n{trace}\n{error.__cause__!r}\n{error.__context__!r}"


def refuse(connector: str, method: str = "", **values: object) -> str:
    """Return the message of an error that shows no value."""
    settings = find_runtime(connector, method).model_validate(values)
    with pytest.raises(ValueError) as caught:
        settings.authenticate()
    assert type(caught.value).__name__ == "AuthenticationError"
    assert CANARY not in explain(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(set(WIRES) & {"header", "cookie", "path", "body", "query", "username"}))
def test_a_module_on_its_own_authenticates_alike(generated: Path, name: str) -> None:
    namespace = execute(generated / "python-standalone" / "connectors" / f"{name}.py")
    value = f"{CANARY}-1"
    alone = namespace[f"{name.capitalize()}Runtime"](api_key=value).authenticate()
    assert tuple(alone) == tuple(authenticate(name, api_key=value))
    assert CANARY not in repr(alone)


@each_client
def test_a_form_gets_the_values(generated: Path, server: Server, send: Send) -> None:
    data = {"page": "1", "text": "a b&c", "auth.key": "old"}
    assert send(authenticate("body"), "POST", server.url, data=data) == 200
    (received,) = server.received
    assert received.header("Content-Type") == "application/x-www-form-urlencoded"
    assert parse_qsl(received.body.decode(), strict_parsing=True) == [
        ("page", "1"), ("text", "a b&c"), ("auth.key", SECRET),
    ]  # fmt: skip


@each_client
def test_a_request_without_a_body_gets_json(generated: Path, server: Server, send: Send) -> None:
    assert send(authenticate("body"), "POST", server.url) == 200
    (received,) = server.received
    assert received.header("Content-Type") == "application/json"
    assert json.loads(received.body) == {"auth": {"key": SECRET}}


@each_client
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"json": [1]}, "it is not a JSON object"),
        ({"json": {"auth": 1}}, "'auth' is not an object"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "it is not a JSON object"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, "it is neither a form nor JSON"),
        ({"files": {"file": b"x"}}, "it is neither a form nor JSON"),
    ],
)
def test_a_body_that_cannot_hold_the_values_is_refused(
    generated: Path, server: Server, send: Send, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        send(authenticate("body"), "POST", server.url, **options)
    assert CANARY not in explain(caught.value)
    assert not server.received


@each_client
def test_what_a_request_has_under_the_same_name_is_replaced(generated: Path, server: Server, send: Send) -> None:
    for connector, options in {
        "header": {"headers": {"x-key": "old"}},
        "cookie": {"headers": {"Cookie": "key=old; a=b=c"}},
    }.items():
        key = f"{CANARY}/+&=%?"
        assert send(authenticate(connector, api_key=key), "GET", server.url, **options) == 200
    assert send(authenticate("query"), "GET", f"{server.url}?api+key=old&a=%20+b&c") == 200
    header, cookie, query = server.received
    assert header.header("X-Key") == f"Key {CANARY}/+&=%?"
    assert cookie.header("Cookie") == f"a=b=c; key={CANARY}/+&=%?"
    assert query.query == [("a", "  b"), ("c", ""), ("api key", SECRET)]


@each_client
def test_cookies_of_a_header_join_the_others(generated: Path, server: Server, send: Send) -> None:
    auth = authenticate("jar", api_key=f"{CANARY}==")
    assert send(auth, "GET", server.url, headers={"Cookie": "a=1; fixed=0"}) == 200
    assert server.received[0].header("Cookie") == f"a=1; key={CANARY}==; fixed=1; other=2"


@each_client
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("connector", ["header", "query", "cookie", "username", "oauth"])
def test_another_origin_gets_no_credentials(
    generated: Path, server: Server, other_server: Server, send: Send, connector: str, status: int
) -> None:
    server.answers["/a"] = (status, f"{other_server.url}/b")
    oauth = dict.fromkeys(("oauth_client_id", "oauth_client_secret", "oauth_refresh_token", "token_url"), CANARY)
    auth = authenticate(connector, api_key=CANARY, oauth_access_token=CANARY, **(oauth if connector == "oauth" else {}))
    assert send(auth, "GET", f"{server.url}/a") == 200
    assert CANARY in str(server.received) or server.received[0].user == f"{CANARY}:"
    (received,) = other_server.received
    assert CANARY not in str(received)
    assert received.header("Authorization") is None


@each_client
@pytest.mark.parametrize("connector", ["header", "query", "cookie", "username"])
def test_a_redirect_within_the_origin_is_authenticated_if_the_server_asks(
    generated: Path, server: Server, send: Send, connector: str
) -> None:
    names = {"header": "X-Key", "cookie": "Cookie", "username": "Authorization", "query": "X-Never"}
    server.answers["/a"] = (302, "/b?page=2")
    server.required_header = names[connector]
    assert send(authenticate(connector, api_key=CANARY), "GET", f"{server.url}/a") == (
        401 if connector == "query" else 200
    )
    received = server.received[-1]
    assert received.query[0] == ("page", "2")
    assert CANARY in str(received) or received.user == f"{CANARY}:"


@each_client
@pytest.mark.parametrize("status", [307, 308])
def test_no_redirect_repeats_a_body_with_credentials(
    generated: Path, server: Server, other_server: Server, send: Send, status: int
) -> None:
    server.answers["/a"] = (status, f"{other_server.url}/b")
    with pytest.raises(ValueError, match="a redirect does not repeat credentials") as caught:
        send(authenticate("body"), "POST", f"{server.url}/a", json={})
    assert CANARY not in explain(caught.value)
    assert CANARY not in str(other_server.received)


def test_a_redirect_that_is_followed_by_hand_is_not_authenticated(
    generated: Path, server: Server, other_server: Server
) -> None:
    server.answers["/a"] = (307, f"{other_server.url}/b")
    adapter = importlib.import_module("connector_auth.httpx_auth").HttpxAuth(authenticate("header"))
    with httpx.Client(auth=adapter, trust_env=False, verify=False) as client:
        redirected = client.get(f"{server.url}/a").next_request
        assert redirected is not None
        assert client.send(redirected).status_code == 200
    (received,) = other_server.received
    assert CANARY not in str(received)


def test_an_error_of_a_client_does_not_show_the_url_with_credentials(generated: Path, server: Server) -> None:
    server.answers["/a"] = (404, "")
    auth = authenticate("query")
    by_httpx = importlib.import_module("connector_auth.httpx_auth").HttpxAuth(auth)
    answers = (
        mount(auth).get(f"{server.url}/a?b=1", timeout=60),
        httpx.get(f"{server.url}/a?b=1", auth=by_httpx, verify=False, trust_env=False),
    )
    for answer in answers:
        with pytest.raises((requests.HTTPError, httpx.HTTPStatusError), match="b=1") as caught:
            answer.raise_for_status()
        assert CANARY not in explain(caught.value)
        assert CANARY not in repr(answer.url)


@each_client
@pytest.mark.parametrize("connector", ["query", "path", "header", "username"])
def test_an_error_of_a_connection_does_not_show_credentials(
    generated: Path, send: Send, connector: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Server() as server:
        url = f"{server.url}/{{key}}/items?page=2"
    with pytest.raises((requests.ConnectionError, httpx.ConnectError)) as caught:
        send(authenticate(connector, api_key=f"{CANARY}/+"), "GET", url)
    assert CANARY not in explain(caught.value) + caplog.text


@pytest.mark.parametrize("connector", ["query", "path"])
def test_a_session_of_requests_logs_the_place_of_a_credential(
    generated: Path, server: Server, connector: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    auth, name = authenticate(connector), "{key}" if connector == "path" else "a"
    for proxies in ({}, {"http": server.url}):
        host = "http://example.com" if proxies else server.url
        assert mount(auth).get(f"{host}/{name}/b?page=2", proxies=proxies, timeout=60).status_code == 200
    direct, proxied = (received.target for received in server.received)
    assert proxied == f"http://example.com{direct}"
    shown = {"path": "/%7Bkey%7D/b?page=2", "query": "/a/b?page=2&api%20key=**********"}[connector]
    assert f'"GET {shown} HTTP/1.1" 200' in caplog.text
    assert f'"GET http://example.com{shown} HTTP/1.1" 200' in caplog.text
    assert CANARY not in caplog.text


def test_requests_sends_no_credential_in_a_url_that_it_would_log(generated: Path, server: Server) -> None:
    module = importlib.import_module("connector_auth.requests_auth")
    with pytest.raises(ValueError, match=r"'api key': requests shows URLs .*; call mount\(session\)") as caught:
        requests.get(server.url, auth=module.RequestsAuth(authenticate("query")), timeout=60)
    assert CANARY not in explain(caught.value)
    assert requests.get(server.url, auth=module.RequestsAuth(authenticate("header")), timeout=60).status_code == 200
    assert len(server.received) == 1


def test_values_that_are_not_text_have_their_form_in_json(generated: Path) -> None:
    settings = find_runtime("several", "both").model_validate(SEVERAL | {"tags": ["a", 1]})
    auth = settings.authenticate()
    assert dict(auth.params) == {"dry": "true", "tags": '["a",1]'}
    assert auth.headers["X-Count"] == "3 {of} 2.5"
    assert auth.body == {"limit": {"count": 3, "text": "3 of"}, "tags": ["a", 1]}


def test_schemes_are_used_together(generated: Path) -> None:
    auth = find_runtime("several", "both").model_validate(SEVERAL | {"user": "me"}).authenticate()
    assert set(auth.headers) == {"Authorization", "SO-Apptoken", "X-Count", "X-Constant"}
    assert (dict(auth.cookies), auth.basic) == ({"user": "me"}, None)


def test_a_placement_without_its_settings_is_left_out(generated: Path) -> None:
    varied = importlib.import_module("connector_auth.schemes.varied").VariedRuntime
    absent, present = varied().authenticate(), varied(pin=CANARY, region=CANARY).authenticate()
    assert (set(absent.headers), set(absent.params), absent.basic) == ({"X-Count", "X-Constant"}, {"dry"}, None)
    assert (present.headers["X-Region"], tuple(present.basic)) == (CANARY, (CANARY, "x"))
    partly = importlib.import_module("connector_auth.schemes.partly").PartlyRuntime
    assert partly().authenticate().headers == {}
    assert partly(a="1", b="2").authenticate().headers == {"X-Both": "1/2"}
    with pytest.raises(ValueError, match="header 'X-Both': no value for b"):
        partly(a=CANARY).authenticate()


@pytest.mark.parametrize(
    ("values", "header", "constant"),
    [({}, {}, "none"), ({"a": "1"}, {"X-Other": "A 1"}, "1"), ({"b": "2"}, {"X-Other": "B 2"}, "none")],
)
def test_a_fallback_replaces_absent_settings(
    generated: Path, values: dict[str, str], header: dict[str, str], constant: str
) -> None:
    runtime = importlib.import_module("connector_auth.schemes.fallback").FallbackRuntime
    auth = runtime.model_validate(values).authenticate()
    assert (auth.headers, auth.params, auth.basic) == (header, {"constant": constant}, ("user", "x"))


@pytest.mark.parametrize(
    ("scheme", "problem"),
    [
        ("clashing", "body 'auth' has two values"),
        ("misnamed", "header 'X Key': this is not a name"),
        ("twice", "header 'Authorization' has two values"),
    ],
)
def test_a_placement_that_no_request_can_have_is_refused(generated: Path, scheme: str, problem: str) -> None:
    runtime = getattr(importlib.import_module(f"connector_auth.schemes.{scheme}"), f"{scheme.capitalize()}Runtime")
    with pytest.raises(ValueError, match=problem) as caught:
        runtime(key=CANARY).authenticate()
    assert CANARY not in explain(caught.value)


SEVERAL = {
    **dict.fromkeys(("oauth_access_token", "oauth_client_id", "oauth_client_secret", "oauth_refresh_token"), CANARY),
    "so_ticket": CANARY,
    "token_url": "https://example.com",
}


@pytest.mark.parametrize("text", ["\r\nX-Evil: 1", "\n", "\x00", "\x7f", "\u20ac", " "])
def test_a_header_holds_what_headers_hold(generated: Path, text: str) -> None:
    assert refuse("header", api_key=CANARY + text).startswith("header 'X-Key', from api_key: a header cannot hold")


@pytest.mark.parametrize("text", [" ", ";", ",", '"', "\\", "\u00e5", "\r\n"])
def test_a_cookie_holds_what_cookies_hold(generated: Path, text: str) -> None:
    assert refuse("cookie", api_key=CANARY + text).startswith("cookie 'key', from api_key: a cookie cannot hold")
    assert refuse("jar", api_key=CANARY + text).startswith("cookie 'api_key', from api_key: a cookie cannot hold")


def test_a_user_name_has_no_colon(generated: Path) -> None:
    assert refuse("username", api_key=f"{CANARY}:") == (
        "basic_username, from api_key: a user name cannot hold colons or control characters"
    )
    assert refuse("password", api_key=f"{CANARY}\n") == (
        "basic_password, from api_key: a password cannot hold control characters"
    )


@pytest.mark.parametrize("text", [".", ".."])
def test_a_path_has_no_segment_that_clients_remove(generated: Path, text: str) -> None:
    assert "from api_key: clients remove" in refuse("path", api_key=text)


@each_client
def test_a_url_without_a_place_for_the_path_is_refused(generated: Path, server: Server, send: Send) -> None:
    with pytest.raises(ValueError, match=r"path: the URL has no \{key\}"):
        send(authenticate("path"), "GET", f"{server.url}/items")
    assert not server.received


@each_client
def test_what_others_do_is_named_before_a_request_is_sent(generated: Path, server: Server, send: Send) -> None:
    certified = importlib.import_module("connector_auth.schemes.certified").CertifiedRuntime(certificate=CANARY)
    block = authenticate("block")
    natural = find_runtime("natural").model_validate(
        dict.fromkeys(("consumer_token", "employee_token", "base_url"), CANARY)
    )
    keys = [f"tripletex.{key}" for key in ("consumer_token", "employee_token", "token_url")]
    assert natural.authenticate().block == ("authentication", *keys)
    assert (block.block, certified.authenticate().client) == (("custom.key",), ("mtls",))
    with pytest.raises(ValueError, match=r"the platform fills in custom\.key"):
        send(block, "GET", server.url)
    with pytest.raises(ValueError, match="the client presents the certificate of mtls"):
        send(certified.authenticate(), "GET", server.url)
    assert not server.received


@pytest.mark.parametrize(("name", "kind"), [("signed", "aws_sigv4"), ("digested", "http_digest"), ("unplaced", "jwt")])
def test_what_is_computed_is_asked_for(generated: Path, name: str, kind: str) -> None:
    runtime = getattr(importlib.import_module(f"connector_auth.schemes.{name}"), f"{name.capitalize()}Runtime")
    settings = runtime(**dict.fromkeys(runtime.model_fields.keys() - {"scheme"}, CANARY))
    with pytest.raises(ValueError, match=f"{kind}: the placements alone authenticate no request; pass sign="):
        settings.authenticate()
    auth = settings.authenticate(sign=lambda request: {"Authorization": request.method})
    assert auth.basic is None
    assert CANARY not in repr(auth)


@each_client
def test_a_signature_covers_the_whole_request(generated: Path, server: Server, send: Send) -> None:
    seen = []

    def sign(request: Any) -> dict[str, str]:
        seen.append(request)
        return {"Authorization": "Signature 1", "x-key": "signed"}

    settings = find_runtime("header").model_validate({"api_key": CANARY})
    assert send(settings.authenticate(sign=sign), "POST", f"{server.url}/a?b=1", json={"c": 1}) == 200
    (signed,), (received,) = seen, server.received
    assert (signed.method, signed.url) == ("POST", f"{server.url}/a?b=1")
    assert signed.body == received.body
    assert signed.headers["X-Key"] == f"Key {CANARY}"
    assert signed.headers["content-type"] == "application/json"
    assert CANARY not in repr(signed)
    assert (received.header("Authorization"), received.header("X-Key")) == ("Signature 1", "signed")


@each_client
def test_a_signature_that_is_no_header_is_refused(generated: Path, server: Server, send: Send) -> None:
    settings = find_runtime("header").model_validate({"api_key": "x"})
    with pytest.raises(ValueError, match="header 'X-Sign', from sign: a header cannot hold") as caught:
        send(settings.authenticate(sign=lambda request: {"X-Sign": f"{CANARY}\n"}), "GET", server.url)
    assert CANARY not in explain(caught.value)


def test_no_client_is_imported_with_the_settings(generated: Path) -> None:
    script = "import sys; import connector_auth.connectors.header; print(*sys.modules)"
    code, output = run_tool([sys.executable, "-c", script], generated / "python")
    assert code == 0, output
    assert {"httpx", "requests", "connector_auth._wire", "connector_auth.connectors.header"} & {*output.split()} == {
        "connector_auth.connectors.header"
    }


class Echo(httpx.BaseTransport):
    """Keeps the last request as it would go over the wire."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw]
        self.received = Received(request.method, request.url.raw_path.decode(), headers, request.read())
        return httpx.Response(200)


def receive(connector: str, text: str, **options: Any) -> Received:
    """Return the request of httpx as a server would receive it; that of requests is the same."""
    auth = authenticate(connector, api_key=text)
    url = f"http://example.com/{'{key}/' if connector == 'path' else ''}a?b=1"
    echo = Echo()
    by_httpx = importlib.import_module("connector_auth.httpx_auth").HttpxAuth(auth)
    with httpx.Client(transport=echo, auth=by_httpx) as client:
        client.post(url, **options)
    prepared = requests.Request("POST", url, auth=mount(auth).auth, **options).prepare()
    assert prepared.path_url == echo.received.target
    assert (prepared.body or b"") == echo.received.body
    for name in ("X-Key", "Cookie", "Authorization", "Content-Type"):
        assert prepared.headers.get(name) == echo.received.header(name)
    return echo.received


def is_value(text: str) -> bool:
    """Return whether the settings take a text for a value, and not for a placeholder."""
    return not (text.strip().startswith("<") or text.strip().lower().replace("-", "_") in ("changeme", "replace_me"))


OCTETS = {*map(chr, range(0x21, 0x7F))} - set('",;\\\\')
"""Characters of a cookie (RFC 6265 section 4.1.1)."""
texts = st.text(min_size=1).filter(is_value)
visible = st.characters(codec="ascii", exclude_categories=["Cc"])


@given(texts)
def test_a_server_decodes_the_query_that_was_set(generated: Path, text: str) -> None:
    assert receive("query", text).query == [("b", "1"), ("api key", text)]


@given(texts.filter(lambda text: text not in (".", "..")))
def test_a_server_decodes_the_segment_that_was_set(generated: Path, text: str) -> None:
    path = urlsplit(receive("path", text).target).path
    assert [unquote(segment) for segment in path.split("/")] == ["", "k", text, "a"]


@given(texts, st.dictionaries(st.text().filter(lambda name: name != "auth"), st.text() | st.integers()))
def test_a_server_decodes_the_json_that_was_set(generated: Path, text: str, held: dict[str, Any]) -> None:
    assert json.loads(receive("body", text, json=held).body) == {**held, "auth": {"key": text}}


@given(texts, st.dictionaries(st.text(min_size=1).filter(lambda name: name != "auth.key"), st.text(), min_size=1))
def test_a_server_decodes_the_form_that_was_set(generated: Path, text: str, held: dict[str, str]) -> None:
    pairs = parse_qsl(receive("body", text, data=held).body.decode(), keep_blank_values=True)
    assert pairs == [*held.items(), ("auth.key", text)]


@given(st.text(min_size=1).filter(is_value))
def test_a_server_decodes_the_user_that_was_set_or_none_is(generated: Path, text: str) -> None:
    is_user = ":" not in text and not any(character < " " or character == "\x7f" for character in text)
    assert receive("username", text).user == f"{text}:" if is_user else refuse("username", api_key=text)


@given((texts | st.text(st.characters(max_codepoint=255), min_size=1)).filter(is_value))
def test_a_server_reads_the_header_that_was_set_or_none_is(generated: Path, text: str) -> None:
    # A word is before the value, so only a space after it is around the header.
    is_header = text == text.rstrip(" \t") and all(c == "\t" or (" " <= c <= "\xff" and c != "\x7f") for c in text)
    if is_header:
        assert receive("header", text).header("X-Key") == f"Key {text}"
    else:
        assert refuse("header", api_key=text)


@given((texts | st.text(visible, min_size=1)).filter(is_value))
def test_a_server_reads_the_cookie_that_was_set_or_none_is(generated: Path, text: str) -> None:
    try:
        cookie = receive("cookie", text, headers={"Cookie": "a=1"}).header("Cookie")
    except ValueError:
        assert set(text) - OCTETS or '"' in text
    else:
        assert cookie == f"a=1; key={text}"
        assert SimpleCookie(cookie)["key"].value == text.strip('"')
