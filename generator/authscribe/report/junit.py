"""JUnit XML, which nearly every build server shows."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Severity
from authscribe.report.model import Remark, Report, Style, list_remarks


def render_junit(report: Report, style: Style) -> str:
    """A test case for each finding and drift, by file, failed but for infos; one that passed where there is none."""
    del style
    root = Element("testsuites", name="authscribe")
    found = sorted(list_remarks(report), key=lambda remark: remark.place.path)
    for path, group in groupby(found, key=lambda remark: escape_terminal(remark.place.path)):
        _suite(root, path, tuple(group))
    if not found:
        suite = SubElement(root, "testsuite", name="authscribe", tests="1", failures="0")
        SubElement(suite, "testcase", classname="authscribe", name=report.verb)
    indent(root)
    return f"{tostring(root, encoding='unicode')}\n"


def _suite(root: Element, path: str, found: tuple[Remark, ...]) -> None:
    failed = [remark for remark in found if remark.severity is not Severity.INFO]
    suite = SubElement(root, "testsuite", name=path, tests=str(len(found)), failures=str(len(failed)))
    for remark in found:
        case = SubElement(suite, "testcase", classname=path, name=escape_terminal(f"{remark.code} {remark.place}"))
        place, message, repair = map(escape_terminal, (str(remark.place), remark.message, remark.help))
        text = f"{place}: {message}\nhelp: {repair}"
        if remark in failed:
            attributes = {"type": remark.severity.value, "message": escape_terminal(remark.message)}
            SubElement(case, "failure", attributes).text = text
        else:
            SubElement(case, "system-out").text = text
