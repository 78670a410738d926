"""`python -m authscribe`."""

from authscribe.cli import main

main()
