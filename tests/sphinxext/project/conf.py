"""Configure a project that uses everything that the extension offers."""

project = "Connectors"
extensions = ["authscribe.sphinxext"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
authscribe_catalogue = "catalogue.json"
