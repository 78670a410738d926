"""JUnit XML for build servers."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Severity
from authscribe.report.model import Report, ReportItem, Style, list_items


def render_junit(report: Report, style: Style) -> str:
    """Return a suite for each file with a test case for each finding and drift; infos pass.

    Without findings and drift, a single test case passes.
    """
    del style
    root = Element("testsuites", name="authscribe")
    items = sorted(list_items(report), key=lambda item: item.place.path)
    for path, group in groupby(items, key=lambda item: escape_terminal(item.place.path)):
        _add_suite(root, path, tuple(group))
    if not items:
        suite = SubElement(root, "testsuite", name="authscribe", tests="1", failures="0")
        SubElement(suite, "testcase", classname="authscribe", name=report.verb)
    indent(root)
    return f"{tostring(root, encoding='unicode')}\n"


def _add_suite(root: Element, path: str, items: tuple[ReportItem, ...]) -> None:
    failed = [item for item in items if item.severity is not Severity.INFO]
    suite = SubElement(root, "testsuite", name=path, tests=str(len(items)), failures=str(len(failed)))
    for item in items:
        case = SubElement(suite, "testcase", classname=path, name=_name_case(item))
        place, message, help_text = map(escape_terminal, (str(item.place), item.message, item.help))
        text = f"{place}: {message}\nhelp: {help_text}"
        if item in failed:
            attributes = {"type": item.severity.value, "message": escape_terminal(item.message)}
            SubElement(case, "failure", attributes).text = text
        else:
            SubElement(case, "system-out").text = text


def _name_case(item: ReportItem) -> str:
    """Return a name that is unique in its file and has no line number: build servers compare runs by it."""
    name = escape_terminal(f"{item.code}: {item.message}")
    return name if item.number == 1 else f"{name} ({item.number})"
