"""Check that patterns are valid in the dialects of those who match them."""

from __future__ import annotations

import re
import warnings


def find_pattern_errors(pattern: str, *, is_unicode: bool = False) -> dict[str, str]:
    """Return the error in each dialect in which a pattern is not valid: Python's and that of ECMA-262.

    With `is_unicode`, the second dialect is that of the flag `u`, which allows fewer escapes; validators of JSON Schema
    set it.
    """
    # Loaded only for definitions with patterns.
    import regress

    errors = {}
    try:
        # Python warns about patterns whose meaning may change, such as nested sets; the place is its own.
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        errors["Python"] = str(error)
    try:
        regress.Regex(pattern, "u" if is_unicode else "")
    except regress.RegressError as error:
        errors["ECMAScript"] = str(error)
    return errors
