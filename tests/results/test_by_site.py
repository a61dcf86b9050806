"""A record as of another test set."""

import pytest

from segaug.results.by_site import (
    at_site,
    own_site,
    plain_task,
    row_at,
    scored_sites,
    task_at,
    trained_site,
    unseen,
)
from segaug.results.by_way import by_way
from segaug.results.trial_row import trial_row
from tests.scored_ways import with_ways
from tests.sites_study import trial
from tests.synthetic import record

ONE = trial("tecom", "cella", "red", 8, 0, factor=2.0)
SOURCES = trial_row(ONE)["sources"]


def test_scores_and_cases_are_those_of_the_site_and_the_network_is_the_same():
    own, there = trial_row(ONE), trial_row(at_site(ONE, "cella"))
    scores = ONE["sources"]["cella"]["test"]["best"]
    assert {key: there[f"{key}_best"] for key in scores} == scores
    assert (there["id"], there["task"]) == (row_at(own["id"], "cella"), task_at(own["task"], "cella"))
    same = ("model", "strategy", "size", "seed", "subset", "updates", "late_fall", "improved", "dataset_hash", "status")
    assert {name: there[name] for name in same} == {name: own[name] for name in same}


def test_nothing_of_the_own_test_set_is_left():
    there = trial_row(at_site(with_ways(ONE), "cella"))
    assert not {"constant_bce", "atlas_bce", "validation_bce", "passes"} & there.keys()
    assert there["both_empty"] != there["both_empty"]  # NaN: not known
    assert by_way(at_site(with_ways(ONE), "cella")) == [at_site(with_ways(ONE), "cella")]


def test_scores_that_are_not_finite_are_a_trial_that_diverged_there_alone():
    lost = {**ONE["sources"]["cella"], "test": None, "cases": None}
    row = trial_row(at_site({**ONE, "sources": {**ONE["sources"], "cella": lost}}, "cella"))
    assert row["status"] == "diverged"


def test_names_can_be_read_back():
    for task in ("tecom + 0 cella", "tecom + 0 cella, tested on cella"):
        assert plain_task(task_at(task, "tecom")) == plain_task(task) == task


@pytest.mark.parametrize(
    ("task", "sources", "own", "trained"),
    [
        ("tecom + 0 cella", SOURCES, "tecom", "tecom"),
        ("tecom + 0 cella, tested on cella", SOURCES, "cella", "tecom"),
        ("tecom(colour=True)", trial_row(record("tecom(colour=True)", "m", "red", 4, 0))["sources"], "tecom", "tecom"),
    ],
)
def test_where_a_trial_was_trained_and_tested(task, sources, own, trained):
    assert (own_site(task, sources), trained_site(task, sources)) == (own, trained)
    assert scored_sites(task, sources)[0] == own


def test_a_site_that_gave_images_is_not_unseen():
    assert unseen(SOURCES, "cella")
    assert not unseen(trial_row(trial("tecom", "cella", "red", 8, 0, factor=2.0, added=4))["sources"], "cella")
    assert not unseen(SOURCES, "tecom")
    assert not unseen("", "cella")
