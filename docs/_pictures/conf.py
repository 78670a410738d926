"""Configure the small project whose pages `screenshots.py` photographs for the manual."""

project = "Integrations"
extensions = ["authscribe.sphinxext"]
authscribe_catalogue = "../output/catalogue/catalogue.json"
html_title = project
html_theme = "pydata_sphinx_theme"
html_sidebars = {"**": []}
html_theme_options = {"secondary_sidebar_items": [], "footer_start": [], "footer_end": [], "show_prev_next": False}
