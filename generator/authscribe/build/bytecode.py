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


class _Bytecode(BytecodeCache):
    """Our own templates as they were compiled before, which costs more than to render a few connectors with them.

    They lie where Python keeps the bytecode of this package, and by the same rules: whoever can write there can change
    our code anyway. The cache of a run is no such place.
    """

    def get_source_checksum(self, source: str) -> str:
        """All that the bytecode is made from: what an encoder makes of a constant is in it."""
        return cache.make_key((cache.identify_build(), source))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Takes what is damaged for not there."""
        with suppress(OSError):
            seal, _, code = _kept_at(bucket).read_bytes().partition(b"\n")
            if seal.decode("ascii", "replace") == cache.make_key((code,)):
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps nothing where Python would keep nothing."""
        if sys.dont_write_bytecode:
            return
        file, code = _kept_at(bucket), bucket.bytecode_to_string()
        whole = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            whole.write_bytes(cache.make_key((code,)).encode() + b"\n" + code)
            whole.replace(file)


def _kept_at(bucket: Bucket) -> Path:
    folder = Path(importlib.util.cache_from_source(__file__)).parent
    return folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
