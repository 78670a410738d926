"""Add the directive `not-run` to the manual.

The manual's pages are scripts: `tests/test_manual.py` writes the files that their blocks show and runs their commands.
`not-run` marks commands that no test can run, and gives the reason.
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata


class NotRun(SphinxDirective):
    """Console block that no test runs; the argument is the reason."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """Return the commands as an ordinary console block, without the reason."""
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, language="console")]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("not-run", NotRun)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
