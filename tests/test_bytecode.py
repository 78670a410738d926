"""Compiled templates are kept where Python keeps bytecode, by its rules, and never change an output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from support import run, tree

from authscribe import runtime

SCHEME = "schemes:\n  - {id: key, kind: api_key, required: [{name: api_key}], injected: [{name: api_key}]}\n"


def workspace(folder: Path, config: str = "") -> Path:
    (folder / "s.yaml").write_text(SCHEME)
    (folder / "authscribe.toml").write_text(f'sources = ["s.yaml"]\ntargets = ["python", "docs"]\n{config}')
    return folder


def generated(desk: Path, bytecode: Path, *, writes_bytecode: bool = True) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "pycache_prefix", str(bytecode))
        patch.setattr(sys, "dont_write_bytecode", not writes_bytecode)
        # Python makes this folder when it imports the package, which this process did long before.
        Path(cache_from_source(runtime.__file__)).parent.mkdir(parents=True, exist_ok=True)
        outcome = run("generate", "--no-cache", "--out-dir", "out", cwd=desk)
    assert outcome.code == 0, outcome.stderr
    made = tree(desk / "out")
    for path in made:
        (desk / "out" / path).unlink()
    return made


def compiled(bytecode: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(bytecode.rglob("*.jinja.*"))}


def test_templates_are_compiled_once(tmp_path: Path) -> None:
    desk, bytecode = workspace(tmp_path), tmp_path / "bytecode"
    first = generated(desk, bytecode)
    kept = compiled(bytecode)
    times = {path: path.stat().st_mtime_ns for path in kept}
    assert kept
    assert generated(desk, bytecode) == first
    assert {path: path.stat().st_mtime_ns for path in kept} == times


def flipped(content: bytes) -> bytes:
    """Return the content with another byte near its end, which is in the code."""
    return content[:-100] + bytes([content[-100] ^ 0x55]) + content[-99:]


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda content: content[: len(content) // 8], id="cut"),
        pytest.param(flipped, id="one byte"),
        pytest.param(lambda _: b"nonsense", id="nonsense"),
    ],
)
def test_damaged_bytecode_is_compiled_again(tmp_path: Path, damaged: Callable[[bytes], bytes]) -> None:
    desk, bytecode = workspace(tmp_path), tmp_path / "bytecode"
    first = generated(desk, bytecode)
    kept = compiled(bytecode)
    for path, content in kept.items():
        path.write_bytes(damaged(content))
    assert generated(desk, bytecode) == first
    assert compiled(bytecode) == kept


def test_no_bytecode_is_written_where_python_writes_none(tmp_path: Path) -> None:
    generated(workspace(tmp_path), tmp_path / "bytecode", writes_bytecode=False)
    assert not compiled(tmp_path / "bytecode")


def test_no_bytecode_is_written_for_the_templates_of_users(tmp_path: Path) -> None:
    (tmp_path / "mine/python").mkdir(parents=True)
    desk = workspace(tmp_path, config='templates = ["mine"]\n')
    generated(desk, tmp_path / "bytecode")
    assert not compiled(tmp_path / "bytecode")
