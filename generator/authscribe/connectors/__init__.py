"""Connectors as people keep them: folders, revisions and archives with a manifest and templates."""
