"""Plant defects in the checks that keep text from becoming code, links or paths, and results from becoming stale.

The tests must fail for each.

Run it as a script: it prints every defect that no test notices, and how many are noticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = "generator/authscribe"


class Defect(NamedTuple):
    """Text in a module of the package, what replaces it, and the tests that must notice."""

    module: str
    old: str
    new: str
    tests: str


AUDIT: Final = "tests/test_audit.py"
RST: Final = "tests/test_encoders.py -k rst"
MARKDOWN: Final = "tests/test_encoders.py -k markdown or commonmark"
HTML: Final = "tests/test_encoders.py -k html or script or linked"
PYTHON: Final = "tests/test_encoders.py -k python or literal or identifier"
TARGETS: Final = "tests/test_target_encoders.py"
DISK: Final = "tests/test_disk.py"
KNOWN: Final = "tests/test_known_sources.py"
STAMPS: Final = "tests/test_stamps.py"
INSTALLATION: Final = "tests/test_installation.py"

DEFECTS: Final = (
    Defect("build/audit.py", "not content.isascii() or ", "", AUDIT),
    Defect("build/audit.py", 'b"\\r" in content or ', "", AUDIT),
    Defect("build/audit.py", "if any(_COOKIE", "if False and any(_COOKIE", AUDIT),
    Defect("build/audit.py", "if _STRAY.search(statement):", "if False:", AUDIT),
    Defect("build/audit.py", "    if problem is not None:\n        raise AuditError", "    if False:\n        raise AuditError", AUDIT),
    Defect("build/audit.py", 'return f"a {type(node).__name__} statement"', "return None", AUDIT),
    Defect("build/audit.py", 'return "an expression that does nothing"', "return None", AUDIT),
    Defect("build/audit.py", "if module not in _MODULES:", "if False:", AUDIT),
    Defect("build/audit.py", 'return "another import from importlib"', "return None", AUDIT),
    Defect("build/audit.py", 'return "an import of a whole module"', "return None", AUDIT),
    Defect("build/audit.py", 'return f"the attribute {name}"', "return None", AUDIT),
    Defect("build/audit.py", 'return f"the name {name}" if name in _FORBIDDEN_NAMES else None', "return None", AUDIT),
    Defect("build/audit.py", 'return f"a binding of the name {name}"', "return None", AUDIT),
    Defect("build/audit.py", "if while_importing and _get_function_name", "if False and _get_function_name", AUDIT),
    Defect("build/audit.py", "return is_relative and name not in _FORBIDDEN_NAMES", "return True", AUDIT),
    Defect("build/audit.py", "*filter(None, node.args.kw_defaults))", "*())", AUDIT),
    Defect("build/audit.py", 'if head is None or "@" in statement:', "if head is None:", AUDIT),
    Defect("build/templates.py", 'raise TypeError("a printed value has no encoding filter")', "return Encoded(str(value))", "tests/test_project.py tests/test_content.py tests/test_cases.py -k templates or filter or encod"),
    Defect("encoders/rst.py", r'r"[\\*`|]"', r'r"[*`|]"', RST),
    Defect("encoders/rst.py", r'r"[\\*`|]"', r'r"[\\*|]"', RST),
    Defect("encoders/rst.py", r'r"[\\*`|]"', r'r"[\\*`]"', RST),
    Defect("encoders/rst.py", 'return _SCHEME.sub(r"\\1\\\\:", escaped)', "return escaped", RST),
    Defect("encoders/rst.py", r'LONE_UNDERSCORE.sub(r"\\_", re.sub(', "str(re.sub(", RST),
    Defect("encoders/rst.py", "return Encoded(_protect_end(_protect_start(_escape(to_printable(text)))))", "return Encoded(_protect_end(_escape(to_printable(text))))", RST),
    Defect("encoders/rst.py", "return Encoded(_protect_end(_protect_start(_escape(to_printable(text)))))", "return Encoded(_protect_start(_escape(to_printable(text))))", RST),
    Defect("encoders/rst.py", 'or "`" in line or line.endswith("\\\\")', "", RST),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[`|*\[\]<>&~$]", MARKDOWN),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[\\|*\[\]<>&~$]", MARKDOWN),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[\\`*\[\]<>&~$]", MARKDOWN),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[\\`|*\[\]>&~$]", MARKDOWN),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[\\`|*\[\]<>~$]", MARKDOWN),
    Defect("encoders/markdown.py", r"[\\`|*\[\]<>&~$]", r"[\\`|*<>&~$]", MARKDOWN),
    Defect("encoders/markdown.py", '_FTP.sub(r"\\:", escaped)', "escaped", MARKDOWN),
    Defect("encoders/markdown.py", "_XMPP.sub(_NOTHING, ", "str(", MARKDOWN),
    Defect("encoders/markdown.py", 'f"{_NOTHING}\\\\<"', '"\\\\<"', MARKDOWN),
    Defect("encoders/markdown.py", " and _ADDRESS.search(word)", " and False", MARKDOWN),
    Defect("encoders/markdown.py", 're.search(_LIVE, _ESCAPED.sub("", text)) or ', "", MARKDOWN),
    Defect("encoders/markdown.py", r'r"|\]\s*[(:]', r'r"|\]\s*[:]', MARKDOWN),
    Defect("encoders/markdown.py", r"[!-/:-@\[-`{-~]", ".", MARKDOWN),
    Defect("encoders/markdown.py", 'return Encoded(re.sub(r"^([0-9]+)([.)])", r"\\1\\\\\\2", line))', "return Encoded(line)", MARKDOWN),
    Defect("encoders/html.py", '"<": "&lt;", ', "", HTML),
    Defect("encoders/html.py", ', \'"\': "&quot;"', "", HTML),
    Defect("encoders/html.py", '"&": "&amp;", ', "", HTML),
    Defect("encoders/html.py", "if not _RELATIVE.fullmatch(address) and not is_web_address(address):", "if False:", HTML),
    Defect("encoders/html.py", 're.sub("[<>&]"', 're.sub("[>&]"', HTML),
    Defect("encoders/html.py", 'if re.search("<(?:/|!--|script)", text, re.IGNORECASE):', "if False:", HTML),
    Defect("encoders/python.py", "return Encoded(ascii(text))", "return Encoded(repr(text))", PYTHON),
    Defect("encoders/python.py", 'if \'"\' in text:', "if False:", PYTHON),
    Defect("encoders/python.py", "if not text.isascii() or not text.isidentifier() or text in KEYWORDS:", "if not text.isidentifier():", PYTHON),
    Defect("encoders/yaml.py", "if character in '\"\\\\':", "if character in '\"':", f"{TARGETS} -k yaml"),
    Defect("encoders/yaml.py", " and text.lower() not in _RESERVED_WORDS", "", f"{TARGETS} -k yaml"),
    Defect("encoders/yaml.py", 'text.replace("$", "$$")', "text", f"{TARGETS} -k compose"),
    Defect("encoders/hcl.py", r"[$%](?=\{)|", "", f"{TARGETS} -k hcl"),
    Defect("encoders/hcl.py", "if find_problem(NAME_KINDS[NameKind.HCL], text) is not None:", "if False:", f"{TARGETS} -k terraform"),
    Defect("encoders/dotenv.py", 'return "${" not in text and is_variable_safe(text)', "return is_variable_safe(text)", f"{TARGETS} -k dotenv or environment"),
    Defect("encoders/shell.py", "if not is_shell_safe(text):", "if False:", "tests/test_encoders.py -k shell"),
    Defect("encoders/shell.py", "if not re.fullmatch(NAME_KINDS[NameKind.ENV].pattern, text):", "if False:", "tests/test_encoders.py -k variable"),
    Defect("encoders/comments.py", 'line.replace("*/", "*\\\\/")', "line", f"{TARGETS} -k comment"),
    Defect("encoders/comments.py", "for line in text.splitlines()] or", 'for line in text.split("\\n")] or', f"{TARGETS} -k comment"),
    Defect("encoders/comments.py", '_ENV_SPEC_MARK.sub(r"\\\\", line.lstrip())', "line", f"{TARGETS} -k dotenv_comment"),
    Defect("encoders/prose.py", 'return all(map(str.isalnum, text.split(" ")))', "return text[:1].isalnum()", "tests/test_encoders.py -k reads_back"),
    Defect("encoders/text.py", "return text if text.isprintable() else re.sub", "return text if True else re.sub", "tests/test_hostile_texts.py -k terminals"),
    Defect("encoders/text.py", "return _MISLEADING.sub(lambda match: ascii(match[0])[1:-1], text)", "return text", "tests/test_encoders.py -k terminal"),
    Defect("encoders/text.py", 'if not naming.is_id(text.removeprefix("_")):', "if False:", "tests/test_encoders.py -k not_an_id"),
    Defect("report/github.py", '.replace("\\n", "%0A")', "", "tests/test_reports.py -k github or annotation"),
    Defect("report/github.py", "escape_terminal(text)).replace", "text).replace", "tests/test_reports.py -k annotation"),
    Defect("report/github.py", '.replace(":", "%3A")', "", "tests/test_reports.py -k annotation"),
    Defect("runtime/hashing.py", ' if content.endswith(b"\\r") else b""', ' if False else b""', "tests/test_content.py -k digest"),
    Defect("runtime/paths.py", "return _SAFE.fullmatch(path) is not None", "return True", DISK),
    Defect("runtime/paths.py", "if not target.startswith(real)", "if False", "tests/test_cases.py -k link_out_of"),
    Defect("drift/disk.py", "OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW", "OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY", DISK),
    Defect("drift/disk.py", "_OPEN_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW", "_OPEN_FILE: Final = os.O_RDONLY", DISK),
    Defect("drift/disk.py", "        if not stat.S_ISREG(status.st_mode):", "        if False:", DISK),
    Defect("drift/disk.py", "        return not stat.S_ISREG(os.stat(", "        return False and not stat.S_ISREG(os.stat(", DISK),
    Defect("drift/output_folder.py", "if not is_safe_path(path):", "if False:", DISK),
    Defect("drift/output_folder.py", "if real in (real_root,", "if real in (", DISK),
    Defect("drift/output_folder.py", "if is_inside and not Path", "if False and not Path", DISK),
    Defect("drift/output_folder.py", "if folder is None or is_special(folder, _get_name(path)):", "if folder is None:", DISK),
    Defect("drift/output_folder.py", "            for path in kept:\n                _back_up(tree, path)\n", "", DISK),
    Defect("drift/disk.py", "status.st_size, status.st_ctime_ns", "status.st_size, 0", STAMPS),
    Defect("drift/stamps.py", "stamp[0] == lock[0] and ", "", STAMPS),
    Defect("drift/stamps.py", " and stamp[-1] < lock[-1]", "", STAMPS),
    Defect("drift/stamps.py", "self._found[path] is self._recalled.get(path)", "False", STAMPS),
    Defect("drift/stamps.py", "if recalled.lock == lock else None", "if recalled.lock else None", STAMPS),
    Defect("runtime/installation.py", "if known == key:", "if known:", INSTALLATION),
    Defect("runtime/installation.py", "status.st_mtime_ns, status.st_ctime_ns", "status.st_mtime_ns, 0", INSTALLATION),
    Defect("runtime/installation.py", "changed < now - _TICK", "changed", INSTALLATION),
    Defect("runtime/bundles.py", "if sum(lengths) != len(rest):", "if False:", "tests/test_bundles.py"),
    Defect("runtime/bundles.py", "if not new.keys().isdisjoint(group)", "if False", "tests/test_bundles.py -k hides"),
    Defect("workspace/known_sources.py", "not is_valid or _have_common_names(known.values(), loaded.drafts)", "not is_valid", KNOWN),
    Defect("workspace/known_sources.py", "source.stored.context == context", "source.stored.context", KNOWN),
    Defect("workspace/known_sources.py", "if path not in together\n        and", "if", KNOWN),
    Defect("workspace/known_sources.py", "statements[each] < 2 and ", "", KNOWN),
    Defect("workspace/known_sources.py", " and connector.successor is None", "", KNOWN),
    Defect("workspace/known_sources.py", "if finding.labels:", "if False:", KNOWN),
    Defect("workspace/known_sources.py", "if folder is None or loaded.has_references:", "if folder is None:", KNOWN),
    Defect("workspace/ignored.py", "(*own, *outer)", "own or outer", "tests/test_git.py -k ignores"),
    Defect("resolve/name_checks.py", "_APART if spelling.is_derived else _SHARED_KINDS", "_APART", "tests/test_name_kinds.py -k shared"),
    Defect("model/catalogue.py", "*map(self.identify, used)", "", "tests/test_scale.py -k after_a_change"),
    Defect("pipeline.py", " and run.key == identify_run(run.verb, workspace)", "", "tests/test_scale.py -k saved_during"),
    Defect("pipeline.py", "if run.digests.read_again(", "if False and run.digests.read_again(", STAMPS),
    Defect("pipeline.py", "select_lines(review.findings, run.loaded.texts).items())", "{}.items())", "tests/test_scale.py -k masks"),
    Defect("resolve/resolver.py", "    findings += known.findings\n", "", KNOWN),
    Defect("lint/definition_values.py", "    yield from resolution.known.value_findings\n", "", KNOWN),
    Defect("model/naming.py", ' and text.split(".")[0] not in _RESERVED_STEMS', "", "tests/test_names.py tests/test_hostile.py -k names"),
    Defect("model/naming.py", 'ID_PATTERN = r"[a-z0-9](?:[a-z0-9_.-]{0,78}[a-z0-9_-])?"', 'ID_PATTERN = r"[a-z0-9_./-]{1,80}"', "tests/test_names.py tests/test_cases.py -k names or file_names"),
)  # fmt: skip


def main() -> int:
    """Try each defect in a copy of the package; return 1 if one goes unnoticed."""
    missed = [defect for defect in DEFECTS if not is_noticed(defect)]
    for defect in missed:
        sys.stdout.write(f"not noticed: {defect.module}: {defect.old!r} -> {defect.new!r}\n")
    sys.stdout.write(f"{len(DEFECTS) - len(missed)} of {len(DEFECTS)} defects noticed\n")
    return int(bool(missed))


def is_noticed(defect: Defect) -> bool:
    """Return whether a test fails for the package with the defect."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (PACKAGE, "templates", "schemes"):
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        module = Path(folder, PACKAGE, defect.module)
        text = module.read_text()
        if defect.old not in text:
            raise ValueError(f"{defect.module} does not contain {defect.old!r}")
        module.write_text(text.replace(defect.old, defect.new))
        files, _, selection = defect.tests.partition(" -k ")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *files.split()]
        command += ["-k", selection] if selection else []
        environment = {**os.environ, "PYTHONPATH": str(Path(folder, "generator"))}
        finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        # Five is the code for a selection without tests, which notices nothing.
        return finished.returncode not in (0, 5)


if __name__ == "__main__":
    sys.exit(main())
