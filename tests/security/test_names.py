"""A name with a control character is refused where it is read, in one sentence that shows it."""

import json
from types import SimpleNamespace

import pytest

from segaug.cli.main import main
from segaug.data.structures import chosen
from segaug.errors import ConfigError, DataError
from segaug.experiment.config.trial import Trial
from segaug.results.mirror import fetch
from segaug.results.mirror.data_file import plan_file, trials_file
from segaug.results.plan_pieces import read_pieces
from segaug.results.planned import planned_trials
from segaug.results.store import Store
from tests.synthetic import record, write_study

ODD = ["red\x1b[31m", "a\nb", "a\tb", "\x07", "a\x9bb", "\u202etxt", "a\u2028b", "\x7f", "a\r"]


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_of_a_task_a_model_a_strategy_and_a_structure(name):
    for key, names in (("dataset", (name, "m", "s")), ("model", ("t", name, "s")), ("augment", ("t", "m", name))):
        with pytest.raises(ConfigError) as told:
            Trial(None, *names)
        assert str(told.value).startswith(f"{key}: {name!r} holds a control character; ")
    with pytest.raises(ConfigError, match="holds a control character"):
        chosen(name, {name: [1], "other": [2]})


@pytest.mark.parametrize("key", ["name", "output"])
def test_of_a_study(key, capsys):
    assert main(["train", f'{key}="results/x\x1b[2J"']) == 2
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert told.startswith(f"segaug: error: {key}: ")


@pytest.mark.parametrize("key", ["id", "task", "model", "strategy"])
def test_of_a_trial_in_a_plan(tmp_path, key):
    store = Store(tmp_path)
    names = {"id": "1", "task": "lung", "model": "net", "strategy": "red", "size": 1, "seed": 0}
    store.add_plan({"trials": [names]})
    store.add_plan({"trials": [names | {"id": "2", key: "x\x1b[2J"}]})
    assert left_out_of(store) == ["1"]


def test_of_what_a_plan_has_skipped(tmp_path):
    store = Store(tmp_path)
    store.add_plan({"skipped": [{"task": "x\x1b[2J", "size": 3, "pool": 2}]})
    assert left_out_of(store) == []


def left_out_of(store: Store) -> list[str]:
    """Ids that a plan holds beside one piece that is left out for a name in it."""
    plan, (left_out,) = read_pieces(store.folder)
    assert "control character" in str(left_out)
    assert "\x1b" not in str(left_out)
    return [trial["id"] for trial in plan["trials"]]


@pytest.mark.parametrize("place", ["study", "plan", "trials"])
def test_of_a_study_in_wandb(tmp_path, place):
    store = write_study(tmp_path / "study", sizes=(1,), seeds=1)
    planned, records = planned_trials(store), [record("lung", "net", "red", 4, 0)]
    odd = "x\x1b[2J"
    if place == "plan":
        planned.loc[0, "strategy"] = odd
    if place == "trials":
        records[0] |= {"strategy": odd}
    files = {"p": plan_file(planned).data, "t": trials_file(records).data}
    runs = [SimpleNamespace(id="p", job_type="study"), SimpleNamespace(id="t", job_type="trial")]
    remote = SimpleNamespace(path="me/project", download=lambda run: files[run.id])
    with pytest.raises(DataError) as told:
        fetch._read(remote, odd if place == "study" else "study", runs)
    assert str(told.value).startswith(f"wandb:me/project: holds a name with a control character: {odd!r}; ")
    assert json.dumps(str(told.value)).isascii()
