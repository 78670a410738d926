"""Languages of generated files."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Language of a generated file; decides its encoders and its formatter."""

    PYTHON = "python"
    RST = "rst"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    YAML = "yaml"
    DOTENV = "dotenv"
    HCL = "hcl"
    TYPESCRIPT = "typescript"
    TEXT = "text"
