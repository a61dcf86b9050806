"""The README's example does what it says: three files and one line make a strategy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.tiny import TINY

ROOT = Path(__file__).parents[1]
TABLE = "STRATEGY_CLASSES = {"


@pytest.fixture
def checkout(tmp_path):
    """A copy of this checkout with the README's blocks written to the files that their first lines name."""
    for name in ("segaug", "conf", "multirun_sweeps", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    blocks = re.findall(r"```\w+\n# (.+?)\n(.+?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    files = {name: text for name, text in blocks if "/" in name and " " not in name}
    assert len(files) == 3
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    ((line,),) = ([text for name, text in blocks if name.startswith("one line")],)
    schema = tmp_path / "segaug/experiment/schema.py"
    before = schema.read_text()
    assert before.count(TABLE) == line.count("\n") == 1
    head, _, tail = before.partition("\n}\n")
    schema.write_text(f"{head}\n{line.rstrip()}\n}}\n{tail}")
    return tmp_path


BOTH = """
import sys, pytest
from segaug.cli.main import main
tested, trained = (words.split() for words in sys.argv[1:])
sys.exit(pytest.main(tested) or main(trained))
"""


def run(checkout: Path, cache: Path, *commands: str) -> str:
    """Tests and a command of the copy, in one process: each of its own would import torch once more."""
    done = subprocess.run(
        [sys.executable, "-c", BOTH, *commands],
        cwd=checkout, env={**os.environ, "SEGAUG_CACHE": str(cache)}, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_strategy_is_three_files_and_one_line(checkout, tiny_cache):
    tests = "-q tests/contracts tests/augment/test_random_gain.py -k random_gain"
    trial = " ".join(["train", *TINY, "augment=random_gain", "augment.max_log_gain=0.3"])
    told = run(checkout, tiny_cache, tests, trial)
    assert int(re.search(r"(\d+) passed", told)[1]) > 10
    assert "random_gain(max_log_gain=0.3) N=4 seed=0: BCE" in told


def test_pictures_of_documents_are_there():
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [
        (file.parent, name) for file in documents for name in re.findall(r"[(](\S*figures/\S+?)[)]", file.read_text())
    ]
    assert len(shown) > 4
    assert not [name for folder, name in shown if not (folder / name).is_file()]


def test_the_first_study_asks_where_deformation_is_the_true_prior():
    study = yaml.safe_load((ROOT / "multirun_sweeps/study/quick.yaml").read_text())
    asked = study["hydra"]["sweeper"]["params"]
    assert asked["dataset"].startswith("phantom_template")  # one anatomy under random maps
    strategies, sizes = asked["augment"].split(","), asked["scale"].split(",")
    assert strategies == ["baseline", "red", "regda"]
    trials = len(strategies) * len(sizes) * len(eval(asked["seed"]))  # "range(3)", as Hydra reads it
    assert f"{trials} trials" in (ROOT / "multirun_sweeps/study/quick.yaml").read_text()
    assert "segaug train study=quick" in (ROOT / "Makefile").read_text()
    text = (ROOT / "README.md").read_text()
    assert re.search(r"!\[.*?\]\((.*?)\)", text)[1] == "docs/figures/quick.png"  # of its page
    assert all(name in text.partition("## Two commands")[0] for name in strategies)
