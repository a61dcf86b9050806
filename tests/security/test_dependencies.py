"""No release that is known to be bad is allowed, pinned or installed, and the locked files say what the pins say."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from dependencies.audit import CLEAN, FOUND, HERE, NOT_AUDITED, installed, known_bad, main, pinned, told
from tests.test_repository import PROJECT

ENTRIES = json.loads((HERE / "known_bad.json").read_text())
MAKEFILE = (HERE.parent / "Makefile").read_text()
WORKFLOW = "".join(file.read_text() for file in sorted((HERE.parent / ".github/workflows").glob("*.y*ml")))
LOCKED = [HERE / f"locked-{part}.txt" for part in ("build", "main", "cuda", "cpu")]


def bad_versions(entry) -> list[Version]:
    """Releases at and just below the bounds of an entry."""
    found = []
    for one in SpecifierSet(entry["bad"]):
        *head, last = Version(one.version).release
        below = [*head, last - 1] if last else [*head[:-1], head[-1] - 1, 99]
        found += [Version(one.version), Version(".".join(map(str, below))), Version(".".join(map(str, [*below, 99])))]
    return [version for version in found if version in SpecifierSet(entry["bad"])]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['package']}{entry['bad']}")
def test_the_ranges_of_pyproject_exclude_every_bad_release(entry):
    assert set(entry) == {"package", "bad", "advisory", "why"}
    assert re.match(r"GHSA-|CVE-|PYSEC-|[\w-]+/[\w-]+#\d+$", entry["advisory"])
    assert bad_versions(entry)
    declared = {canonicalize_name(one.name): one.specifier for one in map(Requirement, PROJECT["dependencies"])}
    allowed = declared.get(entry["package"])
    assert allowed is None or not [version for version in bad_versions(entry) if version in allowed]


def test_nothing_pinned_or_installed_is_known_to_be_bad():
    assert not known_bad(pinned())
    assert not known_bad(installed())


@pytest.mark.parametrize(
    ("name", "version"), [("lightning", "2.6.3"), ("torch", "2.9.1+cpu"), ("pydicom", "3.0.1"), ("pydicom", "2.4.4")]
)
def test_a_bad_release_is_told_with_its_advisory(name, version):
    (line,) = known_bad({name: version, "numpy": "2.4"})
    assert line.startswith(f"{name} {version}: ")
    assert re.search("GHSA|CVE", line)


def test_a_package_that_was_not_looked_up_is_not_called_safe():
    skipped, clean = {"name": "torch", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}
    for packages in ([skipped], [skipped, clean], []):
        code, text = told(packages)
        assert code == NOT_AUDITED
        assert f"NOT AUDITED: {packages.count(skipped)} of {len(packages)} packages" in text
    assert told([clean])[0] == CLEAN
    code, text = told([skipped, {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}])
    assert code == FOUND
    assert "VULNERABLE a 1: CVE-1" in text
    assert "could NOT look up torch" in text


@pytest.mark.parametrize(
    "program", [None, "exit 0", "echo '{}'", "echo no JSON", "echo '{\"dependencies\": []}'; exit 1"]
)
def test_an_audit_without_an_answer_fails_and_says_so(tmp_path, capsys, program):
    path = tmp_path / "pip-audit"
    if program is not None:
        path.write_text(f"#!/bin/sh\n{program}\n")
        path.chmod(0o755)
    assert main([str(path)]) == NOT_AUDITED
    assert "\nNOT AUDITED: " in capsys.readouterr().out


def test_only_the_committed_list_is_checked_offline(capsys):
    assert main([]) == NOT_AUDITED
    assert main(["--offline"]) == CLEAN
    assert "only the committed list was checked" in capsys.readouterr().out


def test_make_audit_hides_no_failure():
    recipe = re.search(r"^audit:.*\n((?:\t.*\n|(?:ifdef|else|endif).*\n)+)", MAKEFILE, flags=re.MULTILINE)[1]
    (installed_at,) = [line for line in recipe.splitlines() if "pip install" in line]
    assert re.search(r" pip-audit==[\d.]+ ", installed_at)
    asking = [line for line in recipe.splitlines() if "audit.py" in line]
    assert [line.split("dependencies/audit.py ")[1] for line in asking] == ["--offline", "$(VENV)/audit/bin/pip-audit"]
    assert not [line for line in asking if "||" in line or line.lstrip("\t@").startswith("-")]
    assert "make audit\n" in WORKFLOW


def test_ci_takes_actions_by_commit():
    used = re.findall(r"uses: (.+)", WORKFLOW)
    assert used
    assert not [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)]
    pins = {(one.partition("@")[0], one.partition("@")[2]) for one in used}
    assert len({name for name, _ in pins}) == len(pins), "one action at two commits"


@pytest.mark.parametrize("index", ["", "another index"])
def test_ci_checks_hashes_whatever_index_is_set(index):
    """The condition of the workflow, worked out by hand: A == '' && B || C."""
    setups = re.findall(r"run: make setup (.*)", WORKFLOW)
    assert setups
    for words in setups:
        chosen = re.search(r"LOCKED=\$\{\{ vars\.PIP_EXTRA_INDEX_URL == '' && '(\w*)' \|\| '(\w*)' \}\}", words)
        assert chosen, words
        assert (HERE / f"locked-{chosen[1] if index == '' else chosen[2]}.txt") in LOCKED


def test_pip_is_pinned_and_hashed_too():
    assert "pip" in pinned()
    assert "pip" in pinned(HERE / "locked-build.txt")
    upgrades = [line for line in MAKEFILE.splitlines() if "--upgrade" in line]
    assert upgrades
    assert not [line for line in upgrades if "-c constraints.txt" not in line]
    locked = re.search(r"^ifdef LOCKED\n(.*?)^else", MAKEFILE, flags=re.MULTILINE | re.DOTALL)[1]
    first, *_ = locked.splitlines()
    assert "$(LOCKED_INSTALL) -r dependencies/locked-build.txt" in first
    assert "--require-hashes" in re.search(r"^LOCKED_INSTALL = (.*)", MAKEFILE, flags=re.MULTILINE)[1]
    rest = [line for line in locked.splitlines() if "pip install" in line]  # of ourselves, without dependencies
    assert all("--no-deps" in line and "-e ." in line for line in rest)


@pytest.mark.parametrize("locked", ["", "cdua"])
def test_an_empty_choice_of_hashes_does_not_install_without_them(locked):
    done = subprocess.run(["make", "-n", "setup", f"LOCKED={locked}"], cwd=HERE.parent, capture_output=True, text=True)
    assert done.returncode != 0
    assert "use LOCKED=cpu or LOCKED=cuda" in done.stderr


def test_the_locked_files_hold_the_pins_and_a_hash_for_each_package():
    locked = {name: version for file in LOCKED for name, version in pinned(file).items()}
    differing = {name: version for name, version in pinned().items() if locked.get(name) != version}
    assert not differing, "run `make lock`"
    for file in LOCKED:
        blocks = re.split(r"\n(?=[a-z0-9])", file.read_text().partition("\n")[2].strip())
        assert blocks
        assert not [block for block in blocks if "--hash=sha256:" not in block or "==" not in block]


def test_no_file_of_pins_names_where_packages_come_from():
    for file in [*LOCKED, Path("constraints.txt"), Path("pyproject.toml"), Path("Makefile")]:
        assert not re.search(r"--(extra-)?index-url|--find-links", (HERE.parent / file).read_text())
