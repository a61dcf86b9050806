"""The README's example does what it says: three files and one line make a strategy."""

import re

import pytest
import yaml

from tests.checkout import ROOT, copied, insert, run, write
from tests.tiny import TINY

TABLE = "STRATEGY_CLASSES = {"


@pytest.fixture
def checkout(tmp_path):
    """A copy of this checkout with the README's blocks written to the files that their first lines name."""
    blocks = re.findall(r"```\w+\n# (.+?)\n(.+?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    files = {name: text for name, text in blocks if "/" in name and " " not in name}
    assert len(files) == 3
    (line,) = (text.rstrip() for name, text in blocks if name.startswith("one line"))
    assert "\n" not in line
    write(copied(tmp_path), files)
    insert(tmp_path, "segaug/experiment/config/schema.py", TABLE, line)
    return tmp_path


@pytest.mark.slow
def test_a_strategy_is_three_files_and_one_line(checkout):
    passed = run(checkout, "pytest", "-q", "tests/contracts", "tests/augment/test_random_gain.py", "-k", "random_gain")
    assert int(re.search(r"(\d+) passed", passed)[1]) > 10
    trained = run(checkout, "segaug", "train", *TINY, "augment=random_gain", "augment.max_log_gain=0.3")
    assert "random_gain(max_log_gain=0.3) N=4 seed=0: BCE" in trained


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
