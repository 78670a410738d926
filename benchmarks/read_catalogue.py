"""Read a folder of definitions to a resolved catalogue; `run.py` measures this script as a process of its own."""

import sys
from pathlib import Path

from authscribe.runtime import process

# As the command line does: before the imports that it speeds up.
process.prepare_process()

from authscribe.workspace.command_options import Options  # noqa: E402
from authscribe.workspace.load import load_sources  # noqa: E402
from authscribe.workspace.resolve import resolve_sources  # noqa: E402
from authscribe.workspace.workspace import find_workspace  # noqa: E402

workspace = find_workspace(Options(sources=(sys.argv[1],), out_dir="out"), Path.cwd())
resolve_sources(load_sources(workspace.sources), workspace)
process.leave_process()
