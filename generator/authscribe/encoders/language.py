"""Languages of generated files: the built-in ones, and those of plugins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """Language of a generated file; decides its encoders and its formatter."""

    PYTHON = "python"
    """Python 3.11, which black formats."""
    RST = "rst"
    """reStructuredText."""
    MARKDOWN = "markdown"
    """Markdown as on GitHub."""
    HTML = "html"
    """HTML 5."""
    JSON = "json"
    """JSON, made from plain data without a template."""
    YAML = "yaml"
    """YAML that parsers of versions 1.1 and 1.2 read alike."""
    DOTENV = "dotenv"
    """Environment files, also with the types of env-spec."""
    HCL = "hcl"
    """The language of Terraform."""
    TYPESCRIPT = "typescript"
    """TypeScript, or JavaScript with comments of TSDoc."""
    TEXT = "text"
    """Text with shell commands or variables."""


class CustomLanguage(NamedTuple):
    """Language that a plugin adds.

    Each of the `filters` encodes a value for one place of the language, such as a literal or a comment, or raises
    ValueError for one that the place cannot hold; templates print nothing else. `check` raises an exception for a
    text that is not in the language. The texts of its files have no blanks before line ends, no repeated empty lines,
    and one final newline.
    """

    name: str
    filters: Mapping[str, Callable[..., str]]
    check: Callable[[str], object] | None = None
