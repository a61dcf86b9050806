"""Which code a record names: what decides its result counts, however far it is imported, and nothing else does."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from segaug.experiment.code import deciding
from segaug.experiment.code.source import read_source
from segaug.experiment.outside import compose

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@b"]
ASIDE = {  # what running a trial imports beside the code that decides its result, and why that does not
    "segaug": "the version, which a record names by itself",
    "segaug.errors": "words",
    "segaug.file_name": "where figures and cards lie",
    "segaug.files": "whole files or none",
    "segaug.glibc": "how long memory is kept",
    "segaug.json_data": "reads JSON, and says where it is none",
    "segaug.measures": "names and words of what is measured; the formulas are in metrics",
    "segaug.name": "which names are taken",
    "segaug.policy_file": "reads policies, whose content is part of an id",
    "segaug.terminal": "the screen",
    "segaug.visible": "the screen",
    "segaug.ways": "names of the ways of predicting; the list is part of an id",
    "segaug.experiment": "plans, workers, caches and identity: which trials are run, and by whom",
    "segaug.results": "records on disk, once they are made",
}


def forget():
    for remembered in (deciding._commit, deciding._hash, read_source):
        remembered.cache_clear()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package outside of any repository."""
    home = tmp_path / "project" / "segaug"
    shutil.copytree(deciding.HOME, home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(deciding, "HOME", home)
    forget()
    yield home
    forget()


def git(home, *words):
    return subprocess.run(
        ["git", *IDENTITY, *words], cwd=home.parent, check=True, capture_output=True, text=True
    ).stdout


def facts(*overrides):
    forget()
    return deciding.code_facts(compose([*overrides]).config)


def test_a_copy_outside_of_a_repository_has_a_hash_and_no_commit(package):
    found = facts()
    assert (found["commit"], found["changed"]) == (None, None)
    assert [len(part) for part in found["hash"].split(".")] == [12, 12]


def test_a_package_that_lies_in_a_foreign_repository_has_no_commit_of_it(package):
    git(package, "init", "-q")
    git(package, "commit", "-q", "--allow-empty", "-m", "theirs")
    assert facts()["commit"] is None


def test_a_checkout_tells_its_commit_and_whether_it_was_changed(package):
    git(package, "init", "-q")
    git(package, "add", ".")
    git(package, "commit", "-q", "-m", "ours")
    assert facts()["commit"] == git(package, "rev-parse", "HEAD").strip()
    assert facts()["changed"] is False
    (package / "rng.py").write_text("")
    assert facts()["changed"] is True


FILES = {  # file -> the part of the hash of a trial of red that it is in
    "training/fit.py": "SHARED",
    "rng.py": "SHARED",
    "grey.py": "SHARED",
    "form.py": "SHARED",
    "data/split.py": "SHARED",
    "metrics/overlap.py": "SHARED",
    "experiment/trial/evaluation.py": "SHARED",
    "training/__init__.py": "SHARED",
    "augment/red.py": "OWN",
    "augment/baseline.py": "SHARED",  # which stages are its own: see `own_stages`
    "deform/coarse.py": "OWN",
    "models/nnunet.py": "OWN",
    "data/phantom/texture.py": "OWN",
    "models/swin_unet.py": "",
    "augment/genda/training.py": "",
    "registration/shooting.py": "",
    "report/look/theme.py": "",
    "measures.py": "",
    "experiment/sweep/study.py": "",
    "experiment/config/schema.py": "",
}


def test_a_file_counts_where_it_decides():
    shared, own = deciding.deciding_files(compose(["augment=red"]).config)
    found = {deciding.HOME / file: part for file, part in FILES.items() if part}
    held = dict.fromkeys(shared.values(), "SHARED") | dict.fromkeys(own.values(), "OWN")
    assert found.items() <= held.items()
    assert not [file for file, part in FILES.items() if not part and deciding.HOME / file in held]


@pytest.mark.parametrize(("file", "part"), [("augment/red.py", 1), ("rng.py", 0)])
def test_a_line_of_it_is_a_change_and_a_remark_is_none(package, file, part):
    before = facts("augment=red")["hash"]
    text = (package / file).read_text()
    (package / file).write_text(f'{text}\n\n# A remark.\n"""Another one."""\n')
    assert facts("augment=red")["hash"] == before
    (package / file).write_text(f"{text}\nANOTHER = 1\n")
    same = [one == other for one, other in zip(before.split("."), facts("augment=red")["hash"].split("."), strict=True)]
    assert same == [part == 1, part == 0]


def test_a_new_strategy_is_no_change_of_the_others(package):
    before = facts("augment=red")["hash"]
    (package / "augment/of_a_newcomer.py").write_text("from segaug.augment.red import RandomElastic\n")
    assert facts("augment=red")["hash"] == before


def test_a_process_says_what_it_was_started_with(package):
    before = facts("augment=red")
    (package / "augment/red.py").write_text("")
    assert deciding.code_facts(compose(["augment=red"]).config) == before


def test_a_strategy_from_elsewhere_counts_with_its_file(tmp_path, monkeypatch):
    file = tmp_path / "of_a_user.py"
    file.write_text("from segaug.augment.red import RandomElastic\n\nclass Mine(RandomElastic):\n    pass\n")
    spec = importlib.util.spec_from_file_location("of_a_user", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "of_a_user", module)
    spec.loader.exec_module(module)
    config = compose([]).config
    mine = replace(config, augment=module.Mine())
    before = deciding.code_hash(mine)
    forget()
    with file.open("a") as more:
        more.write("    p = 0.5\n")
    assert deciding.code_hash(mine) != before
    forget()


def test_all_that_a_trial_imports_decides_or_is_known_not_to(monkeypatch):
    """Followed through the whole package, from what a worker is given to do: a new room has to be judged here."""
    monkeypatch.setattr(deciding, "decides", lambda name: name.partition(".")[0] == "segaug")
    found = deciding.reached(["segaug.experiment.sweep.study", *deciding.EVERY_TRIAL])
    monkeypatch.undo()
    unknown = [
        name
        for name in found
        if not deciding.decides(name) and name not in ASIDE and ".".join(name.split(".")[:2]) not in ASIDE
    ]
    assert len(found) > 100
    assert not unknown
    assert deciding.decides("segaug.augment.genda.training")
    assert not deciding.decides("segaug.augmentation")


def test_the_code_of_ways_counts_where_a_trial_was_scored_by_several():
    file = deciding._file(deciding.WAYS)
    assert file is not None
    plain, several = (deciding.deciding_files(compose(words).config) for words in ([], ["predict=[flips]"]))
    assert file in several[1].values()
    assert file not in {*plain[0].values(), *plain[1].values()}
    assert plain[0] == several[0]


def test_every_decisive_room_is_there():
    assert all(deciding._file(f"segaug.{name}") or (deciding.HOME / name).is_dir() for name in deciding.DECISIVE)
