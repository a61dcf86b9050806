"""A folder of config files of the user's own: every verb finds it, what it may not do is refused, and it is named."""

import json
import os
from pathlib import Path

import pytest

from segaug.cli import data_list
from segaug.cli.completion import overrides
from segaug.cli.main import main
from segaug.errors import ConfigError
from segaug.experiment.config.folders import user_dir
from segaug.experiment.config.identity import science
from segaug.experiment.outside import compose
from tests.data.small_sets import write_set
from tests.tiny import TINY, segaug_here

LISTS = ("graders", "overlaps", "traps", "downloads")
OWN = """\
defaults: [base_folder, _self_]
root: {root}
table: beside:mine.csv
patient: who
structures: {{foreground: [1, 2]}}
structure: foreground
split: {{min_validation: 2}}
modality: drawn
licence: "ours; nobody else's"
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder with `dataset=mine` of 24 images, and its table beside it."""
    write_set(tmp_path / "set")
    folder = tmp_path / "own" / "dataset"
    folder.mkdir(parents=True)
    names = sorted(file.stem for file in (tmp_path / "set/images").iterdir())
    (folder / "mine.csv").write_text("id,who\n" + "".join(f"{name},{name.split('_')[0]}\n" for name in names))
    (folder / "mine.yaml").write_text(OWN.format(root=tmp_path / "set"))
    monkeypatch.setenv("SEGAUG_CONF", str(folder.parent))
    monkeypatch.setenv("SEGAUG_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return folder.parent


@pytest.fixture
def few(monkeypatch):
    """A list of few of the installed sets, and all of the user's: each is composed for itself, which takes its time."""
    of_all, kept = data_list.dataset_files, {"busi", "folder", "pooled", "phantom_blob"}

    def known(words):
        return ((name, found) for name, found in of_all(words) if name in kept or found[0] == "own")

    monkeypatch.setattr(data_list, "dataset_files", known)


def test_the_folder_is_the_one_named_or_the_usual_one_or_none(tmp_path, monkeypatch):
    monkeypatch.delenv("SEGAUG_CONF", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_dir() is None
    (tmp_path / "segaug").mkdir()
    assert user_dir() == tmp_path / "segaug"
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path))
    assert user_dir() == tmp_path


@pytest.mark.parametrize(
    ("named", "said"), [("nowhere", "there is no folder .*nowhere; name one"), ("a", "a is no folder; name one")]
)
def test_a_folder_that_is_none_is_said_by_every_verb_in_one_line(named, said, tmp_path, monkeypatch, capsys):
    (tmp_path / "a").touch()
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path / named))
    for words in (["data", "check", "x"], ["data", "list"], ["preview", "x"], ["train", "seed=1"], ["plan", "seed=1"]):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert told.startswith("segaug: error: SEGAUG_CONF: ")
        assert told.count("\n") == 1
    with pytest.raises(ConfigError, match=said):
        user_dir()


def test_a_folder_that_may_not_be_read_is_said(own, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may read everything
    with pytest.raises(ConfigError, match=r"SEGAUG_CONF: the config folder .*/own cannot be read; .*chmod u\+rx"):
        user_dir()


def test_every_verb_around_data_finds_it_by_its_name(own, capsys):
    assert main(["data", "check", "mine"]) == 0
    assert "24 images of 12 patients" in capsys.readouterr().out
    assert main(["data", "split", "mine", "dataset.size=16"]) == 0
    head, test = (line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(("part", "test")))
    assert head == ["part", "images", "patients", "foreground"]
    assert test[:3] == ["test", "6", "3"]
    assert main(["data", "split", "mine", "dataset.size=16", "--csv"]) == 0
    rows = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["id", "patient", "part", "site"]
    assert len(rows) == 25
    assert all(row[0].startswith(row[1]) for row in rows[1:])
    assert {row[2] for row in rows[1:]} == {"test", "validation", "external", "pool"}


def test_a_trial_of_it_is_the_same_wherever_the_folder_lies(own, tmp_path, monkeypatch):
    here = compose(["dataset=mine"])
    moved = own.rename(tmp_path / "moved")
    monkeypatch.setenv("SEGAUG_CONF", str(moved))
    there = compose(["dataset=mine"])
    assert here.config.dataset.beside != there.config.dataset.beside
    assert (here.task, science(here.config)) == (there.task, science(there.config))
    assert len(there.config.dataset.cases()) == 24


@pytest.mark.parametrize("table", ["../set.csv", "/etc/passwd", "a/../../b.csv"])
def test_a_table_beside_a_config_does_not_lead_elsewhere(table, own):
    with pytest.raises(ConfigError, match=r"dataset\.table: .* leads out of the folder of the config file"):
        compose(["dataset=mine", f"dataset.table=beside:{table}"]).config.dataset.cases()
    (own / "dataset/linked.csv").symlink_to("/etc/passwd")
    with pytest.raises(Exception, match="is a link to /etc/passwd, outside of"):
        compose(["dataset=mine", "dataset.table=beside:linked.csv"]).config.dataset.cases()


def test_beside_what_nobody_knows_without_a_config_file(tmp_path):
    words = ["dataset=folder", f"dataset.root={tmp_path}", "dataset.table=beside:a.csv"]
    write_set(tmp_path)
    with pytest.raises(ConfigError, match="stands in no file of a config folder of yours"):
        compose(words).config.dataset.cases()


def test_a_sweep_finds_it_by_the_folder_and_by_the_search_path(own, tmp_path, monkeypatch):
    words = ["dataset=mine", "scale=n2,n4", "protocol.length=4", "output=out", "--json"]
    assert json.loads(segaug_here("plan", *words, cwd=tmp_path).stdout)
    monkeypatch.delenv("SEGAUG_CONF")
    done = segaug_here("plan", f"hydra.searchpath=[file://{own}]", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    asked = segaug_here("plan", "--config-dir", str(own), *words, cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr


def test_a_name_that_is_taken_is_said_once_and_the_installed_one_is_used(own, few, capsys):
    (own / "dataset/busi.yaml").write_text("defaults: [mine]\n")
    assert main(["data", "list", "--json"]) == 0
    shown = capsys.readouterr()
    assert shown.err == (
        f"segaug: note: {own}/dataset/busi.yaml is not used: segaug has dataset=busi of its own; "
        "give the file another name\n"
    )
    known = {one["name"]: one for one in json.loads(shown.out)}
    assert known["busi"]["whose"] == "segaug"
    told = {
        "name": "mine", "file": str(own / "dataset/mine.yaml"), "whose": "own", "modality": "drawn",
        "structures": ["foreground"], "licence": "ours; nobody else's", "images": 24, "patients": 12,
        "state": "here", "problem": "",
    }  # fmt: skip
    assert known["mine"] == dict.fromkeys(known["mine"], "") | {key: [] for key in LISTS} | told | {
        "segments": ["foreground"]
    }
    assert known["folder"]["state"] == known["pooled"]["state"] == "needs options"
    assert known["phantom_blob"]["state"] == "generated"
    assert main(["data", "list"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert max(map(len, shown.out.splitlines())) <= 100
    titles = [line for line in shown.out.splitlines()[1:] if not line.startswith(" ")]
    assert titles[-2:] == [title.ljust(len(titles[-1])) for title in ("Generated", "Layouts of your own")]
    assert len(shown.out.splitlines()) == len(known) + len(titles) + 1
    assert main(["doctor"]) in (0, 1)
    told = capsys.readouterr().out
    assert f"own configs {own}: dataset: busi, mine" in told
    assert f"WARN  own configs {own}/dataset/busi.yaml is not used" in told


def test_what_cannot_be_composed_or_lies_elsewhere_costs_itself_alone(own, few, capsys):
    (own / "dataset/wrong.yaml").write_text("defaults: [base_folder, _self_]\nsze: 3\n")
    (own / "dataset/away.yaml").write_text("defaults: [mine, _self_]\nroot: /nowhere\n")
    assert main(["data", "list", "--json"]) == 0
    known = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert known["wrong"]["state"] == "cannot be read"
    assert "sze" in known["wrong"]["problem"]
    assert (known["away"]["state"], known["away"]["images"]) == ("not here", None)
    assert known["mine"]["images"] == 24


def test_a_file_of_the_folder_sets_no_more_than_one_of_config_dir(own, capsys):
    (own / "dataset/bad.yaml").write_text("# @package _global_\noutput: elsewhere\n")
    assert main(["data", "check", "bad"]) == 2
    assert "output in " in capsys.readouterr().err
    (own / "dataset/bad.yaml").write_text("_target_: os.getcwd\n")
    assert main(["data", "check", "bad"]) == 2
    assert "_target_" in capsys.readouterr().err


def test_a_study_of_ones_own_is_found_too(own, tmp_path):
    study = own / "study/look.yaml"
    study.parent.mkdir()
    study.write_text("# @package _global_\nname: look\nhydra: {mode: MULTIRUN, sweeper: {params: {seed: range(2)}}}\n")
    done = segaug_here("plan", "study=look", *TINY, "--json", "output=out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "look" in segaug_here("train", "--help", cwd=tmp_path).stdout


def test_completion_offers_what_lies_there(own, monkeypatch):
    for line, begun, offered in (
        ("segaug train dataset=mi", "dataset=mi", ["dataset=mine"]),
        ("segaug data check mi", "mi", ["mine"]),
        ("segaug train mi", "mi", []),
    ):
        monkeypatch.setenv("COMP_LINE", line)
        assert overrides(begun) == offered
    monkeypatch.setenv("SEGAUG_CONF", str(Path("nowhere").absolute()))
    assert "dataset=busi" in overrides("dataset=bu")
