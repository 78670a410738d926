"""Text encoded for environment files, HCL, YAML and TypeScript is read back unchanged by the tools of others."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import hcl2
import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pygments.lexers.javascript import TypeScriptLexer
from pygments.token import Comment, String, Token

from authscribe.build.build import build_document
from authscribe.build.filters import FILTERS
from authscribe.build.formatting import tidy_pieces
from authscribe.encoders.comments import (
    encode_block_comment,
    encode_disabled_lines,
    encode_dotenv_comment,
    encode_line_comment,
)
from authscribe.encoders.dotenv import encode_dotenv_value, encode_env_spec_value, is_dotenv_safe, is_env_spec_safe
from authscribe.encoders.hcl import encode_hcl_literal, encode_hcl_name
from authscribe.encoders.language import Language
from authscribe.encoders.typescript import encode_typescript_literal
from authscribe.encoders.yaml import encode_compose_text, encode_yaml_string, encode_yaml_text
from authscribe.targets.plan import PlannedFile

TERRAFORM = shutil.which("terraform")
HOSTILE = (
    "", " ", " a ", "it's", '"', "'\"`", "\\", "a\\", "\\\\", "\\'", "\\n", "a\nb", "a\r\nb", "\n", "\\\n", "$x", "{x}",
    "{{ x }}", "{{@ x @}}", "{% x %}", "%{x}", "%%{x}", "$${x}", "#", " # x", "a #b", "=", "a=b", "export A=1", "NO",
    "*/", "/*", "//", "<!--", "@public", "---", "\t", "\v\f", "\x85", "\u2028\u2029", "\ufeff", "\u202e", "é🎉", "\x7f", "!",
    "$(x)", "`x`", "$$", "%", "${", "%{", "$$${y}", "%%%{", "~", "[", "- x", ": x", "&a", "*a", "|", ">", "'''", '"""', "EOF\n<<EOF",
)  # fmt: skip
# Only in double quotes do these have escapes.
ESCAPED = r"['\r]|\\\\|\\\Z"
CHARACTERS = st.one_of(st.text("ab'\"\\\n\r\t #$%{}@*/=-~.\u2028\x85é", max_size=12), st.text(max_size=20))
# No variable and no file of these languages can contain NUL or a surrogate.
TEXTS = st.one_of(st.sampled_from(HOSTILE), CHARACTERS).filter(lambda text: not re.search("[\0\ud800-\udfff]", text))


def examples(test):
    for text in HOSTILE:
        test = example(text)(test)
    return test


@settings(max_examples=300)
@given(TEXTS)
@examples
def test_python_dotenv_reads_a_value_back(text: str) -> None:
    assume(is_dotenv_safe(text))
    value = encode_dotenv_value(text)
    file = "".join(tidy_pieces([f"BEFORE=1\nNAME={value}\nAFTER='2'\n"]))
    assert dotenv_values(stream=io.StringIO(file, newline=None)) == {"BEFORE": "1", "NAME": text, "AFTER": "2"}


@settings(max_examples=300)
@given(TEXTS)
@examples
def test_a_value_for_env_spec_is_literal_but_for_its_quotes(text: str) -> None:
    assume(is_env_spec_safe(text))
    value = encode_env_spec_value(text)
    file = "".join(tidy_pieces([f"NAME={value}\nAFTER=1\n"]))
    (inner,) = re.findall(r"\ANAME='((?:[^'\\]|\\'|\\(?!'))*)'\nAFTER=1\n\Z", file)
    assert inner.replace("\\'", "'") == text


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\r", "a\\", "a\\'b", "a \nb", "a\n\n\nb"])
def test_a_value_that_env_spec_cannot_hold_is_refused(text: str) -> None:
    assert not is_env_spec_safe(text)
    with pytest.raises(ValueError, match="cannot be in a schema for env-spec"):
        encode_env_spec_value(text)


@settings(max_examples=300)
@given(TEXTS)
@examples
def test_a_shell_reads_a_value_in_single_quotes_back(text: str) -> None:
    assume(is_dotenv_safe(text))
    value = encode_dotenv_value(text)
    if not value.startswith('"'):
        assert shlex.split(value) == [text]


@pytest.mark.parametrize("text", [text for text in HOSTILE if is_dotenv_safe(text) and not re.search(ESCAPED, text)])
def test_every_shell_takes_a_value_in_single_quotes_literally(text: str, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"NAME={encode_dotenv_value(text)}\n")
    script = ["sh", "-c", '. ./env; printf %s "$NAME"']
    assert subprocess.run(script, cwd=tmp_path, capture_output=True, check=True).stdout.decode() == text


@pytest.mark.parametrize("text", ["${x}", "a${", "$${x}", "\0", "a\0b", "\ud800"])
def test_a_value_that_an_environment_file_cannot_hold_is_refused(text: str) -> None:
    assert not is_dotenv_safe(text)
    with pytest.raises(ValueError, match="cannot be in an environment file"):
        encode_dotenv_value(text)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@examples
def test_hcl_is_one_attribute_whatever_the_text(text: str) -> None:
    literal = encode_hcl_literal(text)
    assert literal.isascii()
    assert "\n" not in literal
    parsed = hcl2.loads(f'variable "v" {{\n  {encode_line_comment(text, "  ").lstrip()}\n  default = {literal}\n}}\n')
    (block,) = parsed["variable"]
    ((_, body),) = block.items()
    # python-hcl2 leaves quotes and escapes as they are; the escapes that are used are those of Python.
    assert ast.literal_eval(body["default"]) == text


@pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform")
def test_terraform_reads_every_hostile_text_back(tmp_path: Path) -> None:
    values = {
        "texts": list(HOSTILE),
        "nested": {"a ${b}": [1, True, None, -2.5, {"%{x}": []}], "$${x}": "$$${y}%%%{z}"},
    }
    comments = "\n".join(map(encode_line_comment, HOSTILE))
    (tmp_path / "main.tf").write_text(f"{comments}\nlocals {{\n  v = {encode_hcl_literal(values)}\n}}\n")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = [str(TERRAFORM), "console"]
    shown = subprocess.run(
        command,
        input="jsonencode(local.v)\n",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert json.loads(ast.literal_eval(shown.stdout.strip())) == values


@pytest.mark.parametrize("text", ["\0", "a\0", "\udc00"])
def test_a_text_that_hcl_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be in HCL"):
        encode_hcl_literal({"key": [text]})


@pytest.mark.parametrize("value", [object(), float("nan"), float("inf"), b"x", {1}])
def test_a_value_without_hcl_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode_hcl_literal(value)


@pytest.mark.parametrize("name", ["", "1a", "a b", "count", "a\n", "é", "a.b"])
def test_a_name_that_terraform_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a Terraform variable"):
        encode_hcl_name(name)


def join_words(text: str) -> list[str]:
    """Return the words of a text, with what comments cannot hold replaced as they replace it."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]", "\ufffd",
                  " ".join(text.splitlines())).split()  # fmt: skip


@settings(max_examples=300)
@given(st.text(max_size=40) | TEXTS)
@examples
def test_a_line_comment_is_only_a_comment(text: str) -> None:
    comment = encode_line_comment(text, "  ")
    assert [word for line in comment.splitlines() for word in line.strip().removeprefix("#").split()] == join_words(
        text
    )
    assert yaml.safe_load(f"a:\n{comment}\n  b: 1\n") == {"a": {"b": 1}}
    assert dotenv_values(stream=io.StringIO(f"A=1\n{encode_dotenv_comment(text)}\nB=2\n")) == {"A": "1", "B": "2"}


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1))
def test_disabled_yaml_is_only_comments_and_itself_without_the_marks(texts: list[str]) -> None:
    code = "".join(f"    - key: {encode_yaml_text(text)}\n      more: {encode_yaml_string(text)}\n" for text in texts)
    disabled = encode_disabled_lines(code)
    assert yaml.safe_load(f"a: 1\n{disabled}\n") == {"a": 1}
    assert re.sub(r"^    # ", "    ", f"{disabled}\n", flags=re.MULTILINE) == code


@pytest.mark.parametrize("text", ["@public", " @sensitive=false", "x\n@type=url", "---", "====", "- @a", "# @b"])
def test_a_dotenv_comment_holds_no_decorator_and_no_divider(text: str) -> None:
    lines = [line.removeprefix("# ") for line in encode_dotenv_comment(text).splitlines()]
    assert not [line for line in lines if re.match(r"[#\s]*(@|---|===)", line)]
    assert "".join(line.removeprefix("\\") for line in lines) == "".join(line.strip() for line in text.splitlines())


@settings(max_examples=300)
@given(st.text(max_size=40) | TEXTS)
@examples
@example("a */ b **/ c")
def test_a_block_comment_is_only_a_comment(text: str) -> None:
    comment = encode_block_comment(text, "  ")
    tokens = [(kind, value) for kind, value in TypeScriptLexer().get_tokens(f"{comment}\n  x\n") if value.strip()]
    assert [kind in Comment for kind, _ in tokens] == [True, False]
    assert tokens[1] == (Token.Name.Other, "x")
    inner = comment.strip().removeprefix("/**").removesuffix("*/")
    if "\n" in comment:
        inner = re.sub(r"^\s*\*(?: |$)", "", inner, flags=re.MULTILINE)
    assert inner.replace("\\@", "@").replace("*\\/", "*/").split() == join_words(text.replace("*\\/", "*/"))
    assert not re.search(r"(?<!\w)(?<!\\)@", inner)


@settings(max_examples=200)
@given(TEXTS)
@examples
def test_a_typescript_literal_is_one_string(text: str) -> None:
    literal = encode_typescript_literal(text)
    assert literal.isascii()
    tokens = [(kind, value) for kind, value in TypeScriptLexer().get_tokens(f"x = {literal};") if value.strip()]
    assert [value for kind, value in tokens if kind in String] == [literal]
    assert json.loads(literal) == text


@settings(max_examples=200)
@given(TEXTS)
@examples
def test_a_yaml_string_is_one_scalar_between_comments(text: str) -> None:
    page = f"{encode_line_comment(text)}\nkey: {encode_yaml_string(text)}\n{encode_line_comment(text)}\n"
    assert yaml.safe_load(page) == {"key": text}


@settings(max_examples=200)
@given(TEXTS)
@examples
@example("on")
@example("a: b")
def test_a_yaml_text_is_a_text_as_key_and_as_value(text: str) -> None:
    assert yaml.safe_load(f"{encode_yaml_text(text)}: {encode_yaml_text(text)}\n") == {text: text}


@settings(max_examples=200)
@given(TEXTS)
@examples
def test_compose_finds_no_variable_in_a_text(text: str) -> None:
    value = yaml.safe_load(encode_compose_text(text))
    assert "$" not in value.replace("$$", "")
    assert value.replace("$$", "$") == text


@settings(max_examples=100)
@given(st.dictionaries(TEXTS, st.lists(TEXTS), min_size=1))
def test_a_yaml_file_needs_no_template(document: dict[str, list[str]]) -> None:
    planned = PlannedFile("x.yaml", "t", Language.YAML, document)
    text = build_document(planned).content.data.decode()
    assert text.startswith("# Code generated by authscribe. DO NOT EDIT.")
    assert yaml.safe_load(text) == document


def test_every_language_with_templates_has_filters() -> None:
    assert set(FILTERS) == set(Language) - {Language.JSON}
