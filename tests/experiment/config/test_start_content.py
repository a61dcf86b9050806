"""A trial that starts from a file is known by what the file holds, and not by its path or by what it holds later."""

import json

import pytest

from segaug.augment.policy.options import groups
from segaug.augment.policy.starts import start
from segaug.errors import ConfigError
from segaug.experiment.config.identity import science, trial_id
from segaug.experiment.outside import compose
from segaug.policy_file import policy_bytes
from tests.tiny import TINY


def policy(name: str) -> dict:
    """A start that has a name, as a file tells it."""
    return {"all": {
        group.name: dict(zip(group.names, own.tolist(), strict=True))
        for group, own in zip(groups(2), start(name, 2), strict=True)
    }}  # fmt: skip


@pytest.fixture
def trial(tmp_path):
    """The trial that starts from a file at this path, with this policy in it."""

    def composed(place: str, name: str = "deepmedic", strategy: str = "policy_heuristic"):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(policy_bytes(policy(name), 2, {"study": place}))
        return compose([*TINY, f"augment={strategy}", f"augment.start={path}"])

    return composed


@pytest.mark.parametrize("strategy", ["policy_heuristic", "policy_learned"])
def test_content_decides_the_id_and_nothing_else_of_the_file(trial, strategy):
    here, away = trial("mine.json", strategy=strategy), trial("away/yours.json", strategy=strategy)
    assert trial_id(here, "c") == trial_id(away, "c")
    assert science(here.config)["augment"]["start_policy"] == policy("deepmedic")
    assert "start" not in science(here.config)["augment"]
    assert trial_id(trial("mine.json", "mild", strategy), "c") != trial_id(here, "c")


def test_tables_show_the_name_of_the_file_and_nothing_where_it_lies(trial, tmp_path):
    one = trial("away/mine.json")
    assert one.strategy == "policy_heuristic(start=mine.json)"
    assert str(tmp_path) not in json.dumps(science(one.config)["augment"])


def test_the_trial_has_the_policy_when_the_file_is_gone(trial, tmp_path):
    one = trial("mine.json")
    (tmp_path / "mine.json").unlink()
    assert [own.tolist() for own in one.config.augment.probabilities(2)] == [
        own.tolist() for own in start("deepmedic", 2)
    ]


def test_a_start_that_has_a_name_leaves_no_trace_of_files():
    one = compose([*TINY, "augment=policy_heuristic"])
    assert one.strategy == "policy_heuristic"
    assert science(one.config)["augment"]["start"] == "nnunet"
    assert "start_policy" not in science(one.config)["augment"]


def test_a_file_that_is_not_there_is_told_before_anything_runs(tmp_path):
    with pytest.raises(ConfigError, match=r"augment\.start in .*none\.json: cannot be read"):
        compose([*TINY, "augment=policy_heuristic", f"augment.start={tmp_path / 'none.json'}"])
