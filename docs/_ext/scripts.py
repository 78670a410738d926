"""Directives of a page that is a script: its blocks are files and commands that the tests write and run.

`not-run` is a block of commands that the tests cannot run, with the reason.
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata


class NotRun(SphinxDirective):
    """Commands for the reader alone. The argument says why no test runs them."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """Shows the commands as those of any other block."""
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, language="console")]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the directive."""
    app.add_directive("not-run", NotRun)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
