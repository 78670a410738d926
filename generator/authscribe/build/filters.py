"""List the filters of templates: the encoders of each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from authscribe.encoders.comments import (
    encode_block_comment,
    encode_disabled_lines,
    encode_dotenv_comment,
    encode_line_comment,
)
from authscribe.encoders.dotenv import encode_dotenv_value, encode_env_spec_type, encode_env_spec_value
from authscribe.encoders.hcl import encode_hcl_literal, encode_hcl_name
from authscribe.encoders.html import (
    encode_html_attribute,
    encode_html_json,
    encode_html_link,
    encode_html_markup,
    encode_html_part,
    encode_html_raw,
    encode_html_text,
)
from authscribe.encoders.language import Language
from authscribe.encoders.markdown import (
    encode_markdown_cell,
    encode_markdown_code,
    encode_markdown_link,
    encode_markdown_markup,
    encode_markdown_text,
)
from authscribe.encoders.python import (
    encode_python_assignment,
    encode_python_call,
    encode_python_import,
    encode_python_literal,
    encode_python_name,
)
from authscribe.encoders.rst import (
    encode_rst_link,
    encode_rst_literal,
    encode_rst_markup,
    encode_rst_reference,
    encode_rst_text,
    encode_rst_title,
)
from authscribe.encoders.shell import encode_shell_string, encode_variable
from authscribe.encoders.text import Encoded, encode_id
from authscribe.encoders.typescript import encode_typescript_literal
from authscribe.encoders.yaml import encode_compose_text, encode_yaml_string, encode_yaml_text

FILTERS: Final[Mapping[Language, Mapping[str, Callable[..., Encoded]]]] = {
    Language.PYTHON: {
        "assigned": encode_python_assignment,
        "called": encode_python_call,
        "imported": encode_python_import,
        "literal": encode_python_literal,
        "name": encode_python_name,
    },
    Language.RST: {
        "id": encode_id,
        "link": encode_rst_link,
        "literal": encode_rst_literal,
        "markup": encode_rst_markup,
        "reference": encode_rst_reference,
        "text": encode_rst_text,
        "title": encode_rst_title,
    },
    Language.MARKDOWN: {
        "id": encode_id,
        "link": encode_markdown_link,
        "text": encode_markdown_text,
        "code": encode_markdown_code,
        "markup": encode_markdown_markup,
        "cell": encode_markdown_cell,
    },
    Language.HTML: {
        "attribute": encode_html_attribute,
        "id": encode_id,
        "json": encode_html_json,
        "link": encode_html_link,
        "markup": encode_html_markup,
        "part": encode_html_part,
        "raw": encode_html_raw,
        "text": encode_html_text,
    },
    Language.YAML: {
        "comment": encode_line_comment,
        "disabled": encode_disabled_lines,
        "interpolated": encode_compose_text,
        "string": encode_yaml_string,
        "text": encode_yaml_text,
    },
    Language.DOTENV: {
        "comment": encode_dotenv_comment,
        "default": encode_env_spec_value,
        "type": encode_env_spec_type,
        "value": encode_dotenv_value,
        "variable": encode_variable,
    },
    Language.HCL: {"comment": encode_line_comment, "literal": encode_hcl_literal, "name": encode_hcl_name},
    Language.TYPESCRIPT: {"comment": encode_block_comment, "literal": encode_typescript_literal},
    Language.TEXT: {"variable": encode_variable, "shell": encode_shell_string},
}
"""Filters of the templates of each language; no template makes JSON."""
