"""`make audit`: is any package that is pinned, or installed here, known to be vulnerable or compromised?

First the committed list known_bad.json, which needs no network; then pip-audit, where its program is given as an
argument and its service can be reached.  Exit code: 1 if anything was found, 0 if nothing was.
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
ONLY_LISTED = "Only the committed list was checked."


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


def service(program: str) -> tuple[bool, str]:
    """(did it find something, what to print) of pip-audit over the pins."""
    command = [program, "--progress-spinner=off", "--format=json", "--no-deps", "--disable-pip", "-r", str(PINS)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        packages = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError) as error:
        return False, f"pip-audit gave no answer ({error}); is its service out of reach? {ONLY_LISTED}"
    return told(packages)


def told(packages: Sequence[Mapping[str, Any]]) -> tuple[bool, str]:
    """(did it find something, what to print) of pip-audit's answer; a package that it skipped was NOT looked up."""
    skipped = [one for one in packages if "skip_reason" in one]
    found = [(one, vulnerability) for one in packages for vulnerability in one.get("vulns", [])]
    lines = [f"VULNERABLE {one['name']} {one['version']}: {what['id']}" for one, what in found]
    if len(skipped) == len(packages):
        lines.append(f"pip-audit: its service cannot be reached from here. {ONLY_LISTED}")
    else:
        lines.append(f"pip-audit: {len(packages) - len(skipped)} packages looked up, {len(found)} vulnerabilities")
        lines += [f"pip-audit could NOT look up {one['name']}: {one['skip_reason']}" for one in skipped]
    return bool(found), "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print what was found."""
    pins = pinned()
    found = {*known_bad(pins), *known_bad(installed())}
    for line in sorted(found):
        print(f"KNOWN BAD  {line}")
    print(f"committed list: {len(found)} findings among {len(pins)} pinned and {len(installed())} installed packages")
    bad, answer = service(arguments[0]) if arguments else (False, "pip-audit was not asked: give its program")
    print(answer)
    return int(bool(found) or bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
