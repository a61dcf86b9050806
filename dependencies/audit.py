"""`make audit`: is any package that is pinned, or installed here, known to be vulnerable or compromised?

First the committed list known_bad.json, which needs no network; then pip-audit, whose program is given as the
argument.  Exit code: 1 if anything was found; 2 if pip-audit did not look up every pinned package, so that nothing can
be said of the others; 0 if nothing was found, by --offline in the committed list alone.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
PINS = HERE.parent / "constraints.txt"
OFFLINE = "--offline"
CLEAN, FOUND, NOT_AUDITED = 0, 1, 2  # exit codes
_FIX = "repeat it online, or check the committed list alone: make audit OFFLINE=1"


def pinned(path: Path = PINS) -> dict[str, str]:
    """Name -> version of a file of `name==version` lines."""
    found = re.findall(r"^([\w.-]+)==([\w.!+-]+)", path.read_text(), flags=re.MULTILINE)
    return {str(canonicalize_name(name)): version for name, version in found}


def installed() -> dict[str, str]:
    """Name -> version of everything that this Python can import."""
    return {str(canonicalize_name(one.metadata["Name"])): one.version for one in distributions()}


def known_bad(versions: Mapping[str, str]) -> list[str]:
    """One line for each entry of known_bad.json that one of the versions falls under."""
    entries = json.loads((HERE / "known_bad.json").read_text())
    return [
        f"{entry['package']} {versions[entry['package']]}: {entry['advisory']}, {entry['why']} ({entry['bad']})"
        for entry in entries
        if entry["package"] in versions
        and SpecifierSet(entry["bad"]).contains(versions[entry["package"]], prereleases=True)
    ]


def service(program: str) -> tuple[int, str]:
    """(exit code, what to print) of pip-audit over the pins."""
    command = [program, "--progress-spinner=off", "--format=json", "--no-deps", "--disable-pip", "-r", str(PINS)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        packages = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError) as error:
        return NOT_AUDITED, f"NOT AUDITED: pip-audit gave no answer ({error}); {_FIX}"
    return told(packages)


def told(packages: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """(exit code, what to print) of pip-audit's answer; a package that it skipped was NOT looked up."""
    skipped = [one for one in packages if "skip_reason" in one]
    found = [(one, vulnerability) for one in packages for vulnerability in one.get("vulns", [])]
    lines = [f"VULNERABLE {one['name']} {one['version']}: {what['id']}" for one, what in found]
    lines.append(f"pip-audit: {len(packages) - len(skipped)} packages looked up, {len(found)} vulnerabilities")
    lines += [f"pip-audit could NOT look up {one['name']}: {one['skip_reason']}" for one in skipped]
    if skipped or not packages:
        lines.append(f"NOT AUDITED: {len(skipped)} of {len(packages)} packages; {_FIX}")
    return FOUND if found else NOT_AUDITED if skipped or not packages else CLEAN, "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print what was found; arguments: the program pip-audit, or --offline."""
    pins = pinned()
    found = {*known_bad(pins), *known_bad(installed())}
    for line in sorted(found):
        print(f"KNOWN BAD  {line}")
    print(f"committed list: {len(found)} findings among {len(pins)} pinned and {len(installed())} installed packages")
    if arguments == [OFFLINE]:
        code, answer = CLEAN, "pip-audit was not asked: only the committed list was checked"
    elif len(arguments) == 1:
        code, answer = service(arguments[0])
    else:
        code, answer = NOT_AUDITED, f"NOT AUDITED: give the program pip-audit, or {OFFLINE}"
    print(answer)
    return FOUND if found else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
