"""Each way of predicting is a row of its own, and a trial is counted once."""

import json

import pandas as pd
import pytest

from segaug.analysis.curves.fitting import fit_records
from segaug.analysis.trials.table import trials, with_unfinished
from segaug.cli.study_state import study_state
from segaug.results.by_way import by_way, of_row
from segaug.results.case_errors import cases_of_records
from segaug.results.json_file import sealed
from segaug.results.mirror import live
from segaug.results.mirror.backlog import Backlog
from segaug.results.mirror.data_file import read_trials, rows_of
from segaug.results.mirror.publisher import Publisher
from segaug.results.mirror.runs import run_of
from segaug.results.planned import planned_trials
from segaug.results.record import check
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from segaug.results.trial_columns import read_trials as read_columns
from segaug.results.trial_row import trial_row
from tests.scored_ways import asked, with_ways, write_scored
from tests.synthetic import record

ONE = record("thorax", "nnunet", "red", 4, 0)
SCORED = with_ways(ONE)


@pytest.fixture
def store(tmp_path):
    return write_scored(tmp_path / "study", sizes=(1, 4), seeds=2)


def test_a_record_of_before_is_one_row():
    (only,) = by_way(ONE)
    assert only == ONE
    row = trial_row(only)
    assert row["way"] == "none"
    assert "passes" not in row


def test_each_way_has_its_name_and_its_scores():
    check(json.loads(sealed(SCORED)))
    plain, flips, learned = map(trial_row, by_way(SCORED))
    assert [row["strategy"] for row in (plain, flips, learned)] == ["red", "red+flips", "red+learned"]
    assert [row["id"] for row in (plain, flips)] == [ONE["id"], f"{ONE['id']}+flips"]
    assert plain == trial_row(ONE) | {"passes": 1, "seconds_per_image": 0.01, "way_validation_dice": 0.85}
    for row, factor in ((flips, 0.9), (learned, 0.8)):
        assert row["bce_best"] == pytest.approx(factor * plain["bce_best"])
        assert row["seconds_per_image"] == pytest.approx(0.04)
    shared = ("task", "model", "size", "seed", "subset", "dataset_hash", "protocol_hash", "constant_bce", "updates")
    assert all(flips[name] == plain[name] for name in shared)


def test_only_the_plain_way_has_last_weights_and_a_validation_history():
    plain, flips, _ = map(trial_row, by_way(SCORED))
    assert {"bce_last", "validation_bce"} <= plain.keys()
    assert {"bce_last", "validation_bce"}.isdisjoint(flips)


def test_what_learned_from_validation_says_so():
    assert [row["sees"] for row in map(trial_row, by_way(SCORED))] == [
        "labelled subset", "labelled subset", "labelled subset, validation labels",
    ]  # fmt: skip


def test_a_way_that_diverged_is_a_row_without_scores():
    plain, flips = map(trial_row, by_way(with_ways(ONE, {"flips": None})))
    assert (plain["status"], flips["status"]) == ("ok", "diverged")
    assert "bce_best" not in flips


def test_one_is_found_by_the_name_of_its_row():
    for one in by_way(SCORED):
        assert of_row(SCORED, one["id"]) == one
    for one in by_way(SCORED)[1:]:
        assert by_way(one) == [one], "what is of a further way is not taken apart again"


def test_columns_say_what_records_say(store):
    snapshot, records = Snapshot(store.folder), store.records()
    for _ in range(2):  # made, and read again
        table = snapshot.trials()
        expected = pd.DataFrame([trial_row(each) for one in records for each in by_way(one)])
        pd.testing.assert_frame_equal(table[list(expected)], expected.sort_values("id", ignore_index=True))
        assert table["id"].is_unique
        found, wanted = snapshot.cases("bce"), cases_of_records(records, "bce")
        assert found.keys() == wanted.keys() == set(table["id"])
        assert all((found[name].values == wanted[name].values).all() for name in wanted)
        snapshot = Snapshot(store.folder)


def test_rows_of_a_page_belong_together(store):
    columns = read_columns(Snapshot(store.folder))
    assert len(columns) == 3 * 8
    for row in columns:
        scale = 1.1 if row["way"] == "none" else 0.5
        assert row["logit_scale"] == scale, "a detail of another way's row"


def test_a_changed_record_changes_all_its_rows(store):
    Snapshot(store.folder).trials()
    changed = with_ways(store.records()[0], {"flips": 0.5})
    store.record_path(changed["id"]).unlink()
    store.write_record(changed)
    table = Snapshot(store.folder).trials()
    rows = table[table["id"].str.startswith(changed["id"])]
    assert sorted(rows["way"]) == ["flips", "none"]
    assert len(table) == 3 * 8 - 1


def test_a_trial_is_counted_once(store):
    state = study_state(store)
    assert state["complete"]
    assert state["totals"]["done"] == 8
    assert {cell["strategy"] for cell in state["cells"]} == {"baseline", "red"}
    assert len(Snapshot(store.folder).plain_trials()) == 8


def test_what_is_missing_is_missing_by_every_way(store):
    gone, broken = store.records()[:2]
    for one in (gone, broken):
        store.record_path(one["id"]).unlink()
    store.write_failure({key: value for key, value in asked(broken).items() if key != "predict"} | {"error": "boom"})
    table = with_unfinished(trials(store.records()), planned_trials(store))
    lacking = table[table["status"].isin(("failed", "missing"))]
    assert sorted(zip(lacking["id"], lacking["status"], strict=True)) == sorted(
        (f"{one['id']}{way}", status)
        for one, status in ((gone, "missing"), (broken, "failed"))
        for way in ("", "+flips", "+learned")
    )


def test_every_way_is_a_curve(store):
    fits = fit_records(store.records())
    assert [fit.key.strategy for fit in fits] == [
        f"{strategy}{way}" for strategy in ("baseline", "red") for way in ("", "+flips", "+learned")
    ]


class Told:
    """What a publisher would send."""

    def __init__(self):
        self.runs = {}

    def __call__(self, run, tracker, folder):
        self.runs[run.name] = run


def test_the_mirror_has_a_run_of_each_way(store):
    told = Told()
    backlog = Backlog(Publisher(WandbTracker(granularity="curve"), store, "study", told))
    backlog.catch_up()
    names = {f"{strategy}{way}" for strategy in ("baseline", "red") for way in ("", "+flips", "+learned")}
    assert set(told.runs) == {"study", *(f"phantom_thorax/nnunet/{name}" for name in names)}
    run = told.runs["phantom_thorax/nnunet/red+flips"]
    rows = rows_of(read_trials(run.data.data, "mirror"))
    local = Snapshot(store.folder).trials()
    own = local[local["strategy"] == "red+flips"].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows.sort_values("id", ignore_index=True), own[list(rows.columns)])
    assert own[list(set(own.columns) - set(rows.columns))].isna().all(axis=None), "what only other rows have"
    assert run.summary["passes_mean"] == 4


def test_a_way_waits_for_the_trials_of_its_run(tmp_path):
    """As the plain curve does: its run is written once, when all of them are there."""
    whole = write_scored(tmp_path / "whole", sizes=(1,), seeds=2)
    part, told = Store(tmp_path / "part"), Told()
    part.add_plan({"trials": whole.plan()["trials"], "skipped": []})
    backlog = Backlog(Publisher(WandbTracker(granularity="curve"), part, "study", told))
    first, second, *_ = whole.records()
    for one, count in ((first, 0), (second, 3)):
        part.write_record(one)
        for row in by_way(one):
            backlog.add({key: row[key] for key in ("id", "task", "model", "strategy", "size", "seed")})
        assert len(told.runs) == count


def test_a_finished_trial_is_told_by_each_of_its_ways(monkeypatch, tmp_path):
    sent = []
    mirror = live.Mirror(None, None, tmp_path)
    monkeypatch.setattr(mirror, "_send", sent.append)
    mirror.put(SCORED)
    assert [one["strategy"] for one in sent] == ["red", "red+flips", "red+learned"]


def test_a_run_of_one_trial_has_the_scores_of_its_way():
    runs = [run_of("study", "trial", [one]) for one in by_way(SCORED)]
    assert len({run.id for run in runs}) == 3
    plain, flips, _ = runs
    assert flips.summary["test/bce"] == pytest.approx(0.9 * plain.summary["test/bce"])
    assert (plain.summary["passes"], flips.summary["passes"]) == (1, 4)
