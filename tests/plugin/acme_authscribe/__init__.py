"""What the Acme platform adds to authscribe; the templates lie beside this file."""
