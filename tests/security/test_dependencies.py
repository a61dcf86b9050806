"""No release that is known to be bad is allowed, pinned or installed, and the locked files say what the pins say."""

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from dependencies.audit import HERE, installed, known_bad, pinned, told
from tests.test_repository import PROJECT

ENTRIES = json.loads((HERE / "known_bad.json").read_text())
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
    skipped = {"name": "torch", "skip_reason": "not found"}
    bad, text = told([skipped])
    assert not bad
    assert "cannot be reached" in text
    assert "Only the committed list was checked" in text
    bad, text = told([skipped, {"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}])
    assert bad
    assert "VULNERABLE a 1: CVE-1" in text
    assert "could NOT look up torch" in text


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
