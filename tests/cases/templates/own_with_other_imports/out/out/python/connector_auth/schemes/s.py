import dataclasses

NAMES = {"api_key": "api_key"}
