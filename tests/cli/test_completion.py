import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segaug.cli.choices import complete_override, config_folders, groups
from segaug.results.store import Store

KNOWN = {"augment": ["none", "red", "regda"], "hydra/launcher": ["slurm"], "scale": ["n1", "n16"]}
ASK = """
eval "$(segaug completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_python_argcomplete segaug
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def press_tab(tmp_path, monkeypatch):
    """What bash offers when TAB is pressed behind a line."""
    if not (bash := shutil.which("bash")):
        pytest.skip("needs bash")
    for study in ("pilot", "quick"):
        Store(tmp_path / "results" / study).add_plan({"trials": [], "skipped": []})
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    monkeypatch.chdir(tmp_path)

    def press(line):
        shown = subprocess.run([bash, "-c", ASK, "bash", line], capture_output=True, text=True, check=True)
        return [word.strip() for word in shown.stdout.splitlines() if word.strip()]

    return press


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("segaug st", ["status"]),
        ("segaug fit ", ["pilot", "quick"]),
        ("segaug status p", ["pilot"]),
        ("segaug train augm", ["augment="]),
        ("segaug train -m augment=ba", ["baseline"]),  # bash cuts words at "="
        ("segaug train -m augment=none,ba", ["none,baseline"]),
        ("segaug train --mul", ["--multirun"]),
        ("segaug train --cfg ", ["job", "hydra", "all"]),
        ("segaug completion f", ["fish"]),
        ("segaug register a.png b.png --similarity s", ["ssd"]),
    ],
)
def test_bash_offers(press_tab, line, offered):
    assert press_tab(line) == offered


def test_groups_are_offered_before_the_equals_sign():
    assert complete_override("", KNOWN) == ["augment=", "hydra/launcher=", "scale="]
    assert complete_override("hy", KNOWN) == ["hydra/launcher="]


def test_options_are_offered_behind_each_comma_once():
    assert complete_override("augment=re", KNOWN) == ["augment=red", "augment=regda"]
    assert complete_override("augment=red,re", KNOWN) == ["augment=red,regda"]
    assert complete_override("nothing=", KNOWN) == []


def test_a_folder_of_ones_own_adds_options(tmp_path):
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "mine.yaml").touch()
    for words in (["--config-dir", str(tmp_path)], [f"--config-dir={tmp_path}"]):
        found = groups(config_folders(["segaug", "train", *words]))
        assert "mine" in found["dataset"]
        assert "baseline" in found["augment"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_for_segaug(shell):
    shown = subprocess.run(
        [sys.executable, "-m", "segaug", "completion", shell], capture_output=True, text=True, check=True
    )
    assert "segaug" in shown.stdout
    assert "_ARGCOMPLETE" in shown.stdout
