"""Cache compiled templates beside the bytecode of this package."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

from jinja2 import (
    BytecodeCache,
)
from jinja2.bccache import Bucket

from authscribe.runtime import cache


class TemplateBytecode(BytecodeCache):
    """Compiled built-in templates of earlier runs; compiling them takes longer than rendering a few connectors.

    They are kept where Python keeps the bytecode of this package, and not in the cache of a run: they are executed, and
    whoever can write to Python's folder could change the package's code anyway.
    """

    def get_source_checksum(self, source: str) -> str:
        """Return a digest of everything that the bytecode is made from, including encoders applied to constants."""
        return cache.make_key((cache.identify_build(), source))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the bytecode of a template; a damaged file counts as missing."""
        with suppress(OSError):
            seal, _, code = _locate_file(bucket).read_bytes().partition(b"\n")
            if seal.decode("ascii", "replace") == cache.make_key((code,)):
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bytecode of a template, unless Python must not write bytecode."""
        if sys.dont_write_bytecode:
            return
        file, code = _locate_file(bucket), bucket.bytecode_to_string()
        # Other runs must never see a part of the file.
        temporary = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            temporary.write_bytes(cache.make_key((code,)).encode() + b"\n" + code)
            temporary.replace(file)


def _locate_file(bucket: Bucket) -> Path:
    folder = Path(importlib.util.cache_from_source(__file__)).parent
    return folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
