"""The verbs of the command line: each finds what it needs, does its work, and reports."""
