"""Targets: one module for each kind of output; each plans files from the catalogue."""
