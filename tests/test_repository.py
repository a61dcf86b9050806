"""What keeps the repository easy to read: one concept, one name; commands explained; versions and packages agree."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import segaug
from tests.house.here import HOUSE
from tests.house.imports import imported_names

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(folder: str, pattern: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern)}


def test_every_make_target_has_a_help_line():
    rules = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert {name for name, _ in rules} >= {"help", "setup", "study", "test", "check", "clean"}
    assert not [name for name, rest in rules if "## " not in rest]


def test_make_alone_prints_the_help():
    shown = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True).stdout
    assert "setup " in shown
    assert "run the fast tests" in shown


@pytest.mark.parametrize("group", ["augment", "model"])
def test_a_config_and_its_code_have_one_name(group):
    package = {"augment": "augment", "model": "models"}[group]
    code = names(f"segaug/{package}", "**/*.py") | {
        path.parent.name for path in (ROOT / f"segaug/{package}").glob("*/strategy.py")
    }
    assert names(f"conf/{group}", "*.yaml")
    assert names(f"conf/{group}", "*.yaml") <= code


def test_configs_name_no_python_object():
    files = [*(ROOT / "conf").rglob("*.yaml"), *(ROOT / "multirun_sweeps").rglob("*.yaml")]
    assert not [file for file in files if "_target_" in file.read_text()]


@pytest.mark.parametrize("file", sorted((ROOT / "multirun_sweeps/study").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_study_states_its_question_and_command(file):
    text = file.read_text()
    assert "# Question:" in text
    assert f"segaug train study={file.stem}" in text
    assert "mode: MULTIRUN" in text


def test_versions_agree():
    cited = re.search(r'^version: "?([^"\n]+)', (ROOT / "CITATION.cff").read_text(), flags=re.MULTILINE)
    assert cited is not None
    assert cited[1] == segaug.__version__ == PROJECT["version"]
    assert f"## {segaug.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_dependencies_are_what_is_imported():
    used = {name.partition(".")[0] for tree in HOUSE.trees.values() for name in imported_names(tree)}
    distributions = packages_distributions()
    third_party = used - set(sys.stdlib_module_names) - {"segaug"}
    imported = {distributions.get(name, [name])[0].lower().replace("_", "-") for name in third_party}
    extras = PROJECT["optional-dependencies"]
    used_lazily = ("dashboard", "spreadsheets", "medical", "hdf5", "copies")
    lines = [*PROJECT["dependencies"], *(line for extra in used_lazily for line in extras[extra])]
    declared = {re.match(r"[\w-]+", line)[0].lower() for line in lines}
    assert imported - declared == set()
    assert declared - imported <= {"einops", "pyarrow", "odfpy"}  # imported by MONAI's SwinUNETR, and by pandas


def test_constraints_pin_every_dependency():
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), flags=re.MULTILINE)
    lines = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    declared = {re.match(r"[\w-]+", line)[0].lower() for line in lines}
    assert declared <= {name.lower().replace("_", "-") for name in pinned}


def test_each_promise_of_security_names_tests_that_there_are():
    promises = re.findall(r"^\| (\*\*.*) \| (.*) \|$", (ROOT / "SECURITY.md").read_text(), flags=re.MULTILINE)
    assert len(promises) > 10
    for promise, tests in promises:
        named = re.findall(r"`(tests/[\w/.]+)`", tests)
        assert named, promise
        assert [name for name in named if not (ROOT / name).exists()] == [], promise
