"""The small project of which the manual shows pictures; see `screenshots.py`."""

project = "Integrations"
extensions = ["authscribe.sphinxext"]
authscribe_catalogue = "../output/catalogue/catalogue.json"
html_title = project
html_theme = "pydata_sphinx_theme"
html_sidebars = {"**": []}
html_theme_options = {"secondary_sidebar_items": [], "footer_start": [], "footer_end": [], "show_prev_next": False}
