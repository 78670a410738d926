"""Cache compiled templates beside the bytecode of this package."""

from __future__ import annotations

from contextlib import suppress

from jinja2 import (
    BytecodeCache,
)
from jinja2.bccache import Bucket

from authscribe.runtime.cache import make_key
from authscribe.runtime.installation import identify_build, keep, read_kept


class TemplateBytecode(BytecodeCache):
    """Compiled built-in templates of earlier runs; compiling them takes longer than rendering a few connectors.

    They are not kept in the cache of a run, since they are executed.
    """

    def get_source_checksum(self, source: str) -> str:
        """Return a digest of everything that the bytecode is made from, including encoders applied to constants."""
        return make_key((identify_build(), source))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the bytecode of a template; a damaged file counts as missing."""
        with suppress(OSError, ValueError):
            bucket.bytecode_from_string(read_kept(_name_file(bucket)))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bytecode of a template, unless Python must not write bytecode."""
        keep(_name_file(bucket), bucket.bytecode_to_string())


def _name_file(bucket: Bucket) -> str:
    return f"{bucket.key}.jinja"
