"""Texts that try to be code, markup or a live link in some language, by what they try."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SCHEMES: Final = (
    "javascript", "JaVaScRiPt", "vbscript", "data", "DATA", "file", "ftp", "FTP", "sftp", "ssh", "telnet", "gopher", "ldap", "smb",
    "jar", "view-source", "blob", "about", "chrome", "ms-settings", "intent", "xmpp", "XMPP", "irc", "news", "tel", "sms", "urn",
    "tag", "cid", "mid", "magnet", "git", "svn", "nfs", "rtsp", "sip", "steam", "vscode", "x-apple", "z39.50r", "iris.beep",
)  # fmt: skip
_CONTENTS: Final = ("alert(1)", "//example.com/x", "text/html,<b>x</b>", "user@example.com")

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "addresses": tuple(f"{scheme}:{_CONTENTS[number % 4]}" for number, scheme in enumerate(_SCHEMES)),
    "addresses in other text": (
        "see javascript:alert(1).", "(file:///etc/passwd)", "<javascript:alert(1)>", "<FILE:///etc/passwd>", "-data:x", "a/file:///x",
        "'javascript:x'", '"data:x"', "http:javascript:x", "https://example.com/javascript:x", "mailto:javascript:x", "x.data:x",
        "https://example.com data:x", "éfile:///x", "\u2014file:///x", "\u201cjavascript:x\u201d", "1javascript:x", "_file:x",
        "view-source:javascript:x", "*javascript:x*", "**data:x**", "`javascript:x`", "``file:///x``", "xmpp:xmpp:a@example.com",
        "`x`xmpp:a@example.com", "ftp:`x`", "a <ftp://example.com> b", "www.example.com/javascript:x", "//example.com/x",
        "https://example.com/x<javascript:alert(1)>", "www.example.com<data:x>", "https://example.com[x](<javascript:x>)",
        "https://example.com`x <data:x>`", "*https://example.com*`x <data:x>`", "www.example.com[x <data:x>](https://example.com)",
    ),
    "addresses in disguise": (
        "java\tscript:x", "java\nscript:x", " javascript:x", "javascript :x", "java\u200bscript:x", "java\u00adscript:x",
        "\u202ejavascript:x", "javascript\uff1ax", "\uff4aavascript:x", "javascript&colon;x", "javascript&#58;x", "&#106;avascript:x",
        "javascript&#x3a;x", "java&Tab;script:x", "javascript%3Ax", "j\\avascript:x", "javascript\\:x", "\x01javascript:x",
        "java\x00script:x", "\ufeffjavascript:x", "javascript:\\ x", "javascript:\u2028x",
    ),
    "links": (
        "[x](javascript:alert(1))", "[x](<javascript:alert(1)>)", "[x](JAVASCRIPT:x)", "[x](java&#10;script:x)", "[x](data:text/html,x)",
        "[x](file:///etc/passwd)", "![x](file:///etc/passwd)", "![x](javascript:x)", "[![x](data:x)](https://example.com)",
        "[javascript:x](https://example.com)", "[x](https://example.com 'javascript:x')", "[x]: javascript:x", "[x][javascript:x]",
        "[x](https://example.com)(javascript:x)", "[x](mailto:a@example.com?body=x)", "[x](https://a@b@c)", "[x](//example.com)",
        "`x <javascript:x>`_", "`x <file:///etc/passwd>`__", "`x <data:x>`", ".. _x: javascript:x", "__ javascript:x", "javascript:x_",
        "x_", "`x`__", "|x|_", ":ref:`x <javascript:x>`", ":doc:`/etc/passwd`", ":download:`/etc/passwd`", "[1]_", "[#]_", "[x]_",
        "<a href=javascript:x>x</a>", "<a href='data:x'>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    ),
    "reStructuredText": (
        ".. include:: /etc/passwd", ".. raw:: html\n\n   <script>x</script>", ".. csv-table::\n   :file: /etc/passwd", "x\n\n.. date::",
        ".. role:: x(raw)\n   :format: html", ".. |x| date::", ".. image:: javascript:x", ".. figure:: file:///x", ".. code:: python",
        "x::", "::", "x::\n\n   y", ":x: y", "- x", "* x", "+ x", "1. x", "#. x", "(a) x", "i) x", "| x", ">>> x", "====", "x\n====",
        "+--+--+\n|a |b |\n+--+--+", "== ==\na  b\n== ==", ".. ", "..", ":raw-html:`<b>`", ":math:`x`", ":pep:`8`", ":rfc:`1`",
        "\\", "x\\", "\\\\", "`", "``", "*", "**", "|", "_", "__", "x__ y", "|x|", "-o x", "--x", "/X y", ".. class:: x", ".. container:: x",
        ".. eval-rst::", ".. default-role:: raw", ".. title:: x", ".. meta::\n   :x: y", ".. contents::", ".. target-notes::", "~~~~", "x\fy",
    ),
    "Markdown": (
        "# x", "## x", "x\n===", "x\n---", "---", "***", "___", "~~~\nx", "```\nx\n```", "```{include} /etc/passwd\n```",
        ":::{include} /etc/passwd\n:::", ":::{note}", "::: x", "{include}`/etc/passwd`", "{{ x }}", "{% include x %}", "% x", "+++", "(x)=",
        "(x) y (z)=", "{#x .y}", "x {#y}", "x {: .y}", "{: .x}", "{::comment}", "> x", ">x", "    x", "\tx", "| a | b |\n| - | - |", "a | b",
        "\\|", "x|y", "`a|b`", "~~x~~", "~x~", "^x^", "==x==", "++x++", "$x$", "$$x$$", "\\(x\\)", "[^1]", "[^1]: x", "[[x]]", "[ ] x",
        "- [x] y", ": x", "!!! note", "??? note", "/// x", '--8<-- "/etc/passwd"', "*[x]: y", "@x", ":smile:", "&copy;", "&#0;", "<!-- x", "-->",
        "<!--", "<script>x</script>", "</td>", "<?php x ?>", "<![CDATA[x]]>", "<b>", "</b>", "\\<b>", "!x", "![", "](", "[TOC]", "[[_TOC_]]",
    ),
    "Python": (
        '"""', "'''", '"""\nimport os\n"""', "'); import os; os.system('x') #", "\\", "\\'", '\\"', "\\N{DIGIT ONE}", "\\x41", "{x}", "{x!r}",
        "%(x)s", "%s", "f'{x}'", "# coding: utf-7", "+AGEAYg-", "\r\nimport os", "\rimport os", "\x0cimport os", "x\x85import os",
        "x\u2028import os", "__import__('os')", "lambda: x", "\x00", "\ud800", "\U0010ffff", "# type: ignore", "# fmt: off", "# noqa",
    ),
    "YAML, JSON and Compose": (
        "x: y", "x:\n  y: z", "- x\n- y", "!!python/object/apply:os.system [x]", "!x", "&x", "*x", "<<: *x", "---\nx: y", "...", "%YAML 1.1",
        "? x", "| x", "> x", "{x: y}", "[x, y]", "x #y", "#x", "null", "~", "NO", "on", "1e3", "0o14", "12:30:45", "2001-01-01", ".inf", "=",
        "'", '"', '",\n"x": "y', '"}], "x": [{"y": "', "\\u0041", "\\", "${HOME}", "$HOME", "$$HOME", "$(x)", "${x:-y}", "${{ secrets.X }}",
        "${{ toJSON(secrets) }}", "}} ${{ x", "${{ '", "{{ .Values.x }}", "{{@ x @}}", "{{ vault `x` }}", "@type", "x\ty", "x\vy", "x\x85y",
    ),
    "HTML, SVG and scripts": (
        "</script><script>x</script>", "</title>", "</style>", "<!--<script>", "]]>", '" onload="x', "' onload='x", "&quot;", "&lt;script&gt;",
        "<svg><script>x</script></svg>", "<math>", "<template>", "<base href=//x>", "<meta http-equiv=refresh content=0>", "<iframe src=x>",
        "</textarea>", "x\u2029y", "${alert(1)}", "`${x}`", "*/ x /*", "// x", "/* x", "{@link javascript:x}", "@public", "<style>x</style>",
    ),
    "dotenv, shells and HCL": (
        "x\nY=z", "x\r\nY=z", "'; x; '", "$(x)", "`x`", "\\\nY=z", "'\nY='z", '"\nY="z', "export Y=z", "# @sensitive=false", "---", "=", "a=b",
        "!x", "~", "*", "x & y", "x | y", "x > y", "x;y", '"${file("/etc/passwd")}"', "%{ for x in y }", "%{x}", "$${x}", "EOF\nx", "<<EOF\nx\nEOF",
        '"\n}\nresource "x" "y" {', "/* x */", "\u0000x", "REPLACE_ME",
    ),
    "commands and terminals": (
        "::error::x", "::add-mask::x", "::set-env name=x::y", "##[error]x", "\x1b[31mx", "\x1b]8;;javascript:x\x07y", "\x9b31m", "\x07", "\b\b",
        "\u202ex\u202c", "\u2066x\u2069", "\u200bx", "\u2060x", "\ufeff", "\U000e0041", "x\u0301\u0302", "%0A::error::x", "%0Ax", "\\033[0m",
    ),
}  # fmt: skip
"""Texts of strangers; each tries something in the language or place it is listed under, and is given to all of them."""

ALL: Final = tuple(dict.fromkeys(text for texts in TEXTS.values() for text in texts))
"""All texts, each once."""
