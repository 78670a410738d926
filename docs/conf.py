"""Configure the Sphinx build of the manual. `make docs` treats every warning as an error."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "authscribe"
author = "The authscribe founders"
extensions = ["authscribe.sphinxext", "reference", "scripts", "sphinx_design"]
authscribe_catalogue = "../build/catalogue/catalogue/catalogue.json"
exclude_patterns = ["_ext", "_pictures"]
nitpicky = True
default_role = "code"
smartquotes = False

html_theme = "pydata_sphinx_theme"
html_title = "authscribe"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
# These pages have no siblings, so a sidebar would be empty.
html_sidebars = {"tutorial": [], "index": []}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": [],
    "footer_end": [],
}
