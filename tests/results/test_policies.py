"""Learned policies as text of a row: what a page needs is there to the last digit, and old files are made anew."""

import json

import pytest

from segaug.results.by_way import by_way
from segaug.results.policies import policies_text
from segaug.results.snapshot import Snapshot
from segaug.results.trial_columns import read_trials
from tests.policy_study import CLASSES, GROUPS, SEEDS, SIZES, STRATEGIES, learned, start, write
from tests.results.test_record import ONE, SEVERAL


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write(tmp_path_factory.mktemp("learned") / "study")


def test_a_row_has_the_probabilities_to_the_last_digit(store):
    trials = read_trials(Snapshot(store.folder))
    told = [trial for trial in trials if trial["policies"]]
    assert {trial["strategy"] for trial in told} == CLASSES.keys()
    assert len(told) == len(CLASSES) * len(SIZES) * SEEDS
    assert len(trials) == len(STRATEGIES) * len(SIZES) * SEEDS
    for trial in told:
        policies = json.loads(trial["policies"])
        assert policies["groups"] == GROUPS
        assert tuple(policies["classes"]) == CLASSES[trial["strategy"]]
        for name, policy in policies["classes"].items():
            assert policy["final"] == learned(name, trial["seed"])
            assert policy["start"] == start()


def test_of_its_snapshots_it_has_the_probability_of_doing_nothing(store):
    (record, *_) = [record for record in store.records() if record["strategy"] == "policy_joint"]
    whole = record["policies"]["classes"]["foreground"]["snapshots"]
    thin = json.loads(policies_text(record))["classes"]["foreground"]["snapshots"]
    assert thin["update"] == whole["update"]
    assert all(thin[group] == [entry[0] for entry in whole[group]] for group in GROUPS)


@pytest.mark.parametrize("record", [ONE, {**ONE, "policies": None}], ids=["lacking", "not finite"])
def test_a_record_without_policies_has_none(record):
    assert policies_text(record) is None


def test_of_several_ways_of_predicting_the_row_of_the_plain_one_has_them():
    assert len(SEVERAL["ways"]) > 1
    told = {one["strategy"]: policies_text(one) is not None for one in by_way(SEVERAL)}
    assert told == {one["strategy"]: one["strategy"] == SEVERAL["strategy"] for one in by_way(SEVERAL)}
