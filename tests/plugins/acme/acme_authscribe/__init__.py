"""Plugins of the Acme platform for authscribe; its templates lie beside this file."""
