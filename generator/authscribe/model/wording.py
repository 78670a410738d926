"""Words of other languages than English, by which the tables of pages are recognised and written."""

from __future__ import annotations

from dataclasses import field

from authscribe.model.strict import StrictDataclass, strict_dataclass


@strict_dataclass
class ColumnWords(StrictDataclass):
    """Headings of columns, by the meaning of the column."""

    name: tuple[str, ...] = field(default=(), metadata={"description": "names of secrets"})
    description: tuple[str, ...] = field(default=(), metadata={"description": "explanations"})
    type: tuple[str, ...] = field(default=(), metadata={"description": "types"})
    required: tuple[str, ...] = field(
        default=(), metadata={"description": "whether a secret is required; also a word in cells and remarks"}
    )
    optional: tuple[str, ...] = field(
        default=(), metadata={"description": "whether a secret may be omitted; also a word in cells and remarks"}
    )
    default: tuple[str, ...] = field(default=(), metadata={"description": "defaults"})
    example: tuple[str, ...] = field(default=(), metadata={"description": "sample values"})
    title: tuple[str, ...] = field(default=(), metadata={"description": "display names"})


@strict_dataclass
class TypeWords(StrictDataclass):
    """Names of types in cells."""

    string: tuple[str, ...] = field(default=(), metadata={"description": "text"})
    integer: tuple[str, ...] = field(default=(), metadata={"description": "whole numbers"})
    number: tuple[str, ...] = field(default=(), metadata={"description": "numbers"})
    boolean: tuple[str, ...] = field(default=(), metadata={"description": "true or false"})
    object: tuple[str, ...] = field(default=(), metadata={"description": "mappings"})
    array: tuple[str, ...] = field(default=(), metadata={"description": "lists"})


@strict_dataclass
class Wording(StrictDataclass):
    """Words and phrases of pages in other languages, in addition to the English ones.

    Case is ignored. A word that ends with `*` stands for all words with this beginning.
    """

    required: tuple[str, ...] = field(
        default=(), metadata={"description": "phrases for secrets that the owner of a connector supplies"}
    )
    injected: tuple[str, ...] = field(
        default=(), metadata={"description": "phrases for secrets that the platform puts into the system"}
    )
    negations: tuple[str, ...] = field(
        default=(), metadata={"description": "words that turn such a phrase into its contrary"}
    )
    secrets: tuple[str, ...] = field(default=(), metadata={"description": "words for secrets and credentials"})
    generic_titles: tuple[str, ...] = field(
        default=(),
        metadata={"alias": "generic-titles", "description": "words in titles that do not name a scheme"},
    )
    yes: tuple[str, ...] = field(
        default=(), metadata={"description": "words for yes in cells; the first one is written"}
    )
    no: tuple[str, ...] = field(default=(), metadata={"description": "words for no in cells, in the order of `yes`"})
    columns: ColumnWords = field(default=ColumnWords(), metadata={"description": "headings of columns"})
    types: TypeWords = field(
        default=TypeWords(), metadata={"description": "names of types; the first one of each is written"}
    )


ENGLISH = Wording()
"""Wording without other languages."""
