"""Follow what a section is about, by its title and the titles in it."""

from __future__ import annotations

from typing import NamedTuple

from authscribe.model.wording import Wording
from authscribe.readers.pages.sections import Paragraph
from authscribe.readers.pages.wording.schemes import (
    is_about_authentication,
    is_about_configuration,
    is_about_connection,
    is_about_options,
    names_authentication,
)


class Topic(NamedTuple):
    """Topic of the text around a table: a scheme, a configuration, or surely the settings of a connection.

    In one about options, columns of both the use and the default of settings make them those of a configuration. It
    `has_secrets` after a table or list of secrets with a role in the same section.
    """

    is_scheme: bool = False
    is_configuration: bool = False
    is_connection: bool = False
    is_options: bool = False
    has_secrets: bool = False

    def add_title(self, title: Paragraph | None, wording: Wording) -> Topic:
        """Return the topic below a further title; only the last one tells of a connection or of options."""
        if title is None:
            return self
        return Topic(
            self.is_scheme or is_about_authentication(title.text, wording),
            self.is_configuration or is_about_configuration(title.text) or names_authentication(title.text, wording),
            self.is_connection if title.is_label else is_about_connection(title.text),
            self.is_options if title.is_label else is_about_options(title.text),
            self.has_secrets,
        )

    def add_secrets(self, *, are_assigned: bool) -> Topic:
        """Return the topic after a table of secrets; if they have a role, another table needs a reason of its own."""
        return self._replace(
            is_scheme=True,
            is_connection=self.is_connection and not are_assigned,
            has_secrets=self.has_secrets or are_assigned,
        )
