"""Cautions: each appears exactly when it is due."""

import shutil
from collections.abc import Callable
from math import sin
from pathlib import Path

import pytest

from segaug.report.blocks.tables import shown_dice_table
from segaug.report.study.caution import Caution
from segaug.report.study.study import load_study
from segaug.report.trials.cautions import cautions
from segaug.results.json_file import sealed
from segaug.results.pooled import told_shared
from segaug.results.store import Store
from tests.report.conftest import HOSTILE, diverge, fail, forget
from tests.synthetic import plan_anew, replace_record, write_study


def due(folder: Path) -> dict[str, Caution]:
    return {caution.kind: caution for caution in cautions(load_study(folder, "bce"))}


def change(folder: Path, index: int = 0, **parts: object) -> None:
    """Change keys of one record."""
    store = Store(folder)
    replace_record(store, {**store.records()[index], **parts})


def test_a_calm_study_needs_none(calm):
    assert due(calm) == {}


def test_worse_than_the_atlas_names_the_cells_and_no_others(calm):
    store = Store(calm)
    for trial in store.records():
        if (trial["strategy"], trial["size"]) == ("red", 4):
            replace_record(store, {**trial, "reference": {**trial["reference"], "atlas_bce": 0.01}})
    assert {kind: caution.places for kind, caution in due(calm).items()} == {
        "atlas": ("phantom_thorax · nnunet: red at N = 4",)
    }


def test_one_bad_seed_does_not_make_the_mean_worse_than_the_atlas(calm):
    trial = Store(calm).records()[0]
    change(calm, reference={**trial["reference"], "atlas_bce": trial["test"]["best"]["bce"] / 1.001})
    assert "atlas" not in due(calm)


@pytest.mark.parametrize(("action", "kind"), [(fail, "failed"), (forget, "missing"), (diverge, "diverged")])
def test_what_is_not_done_is_counted_and_named(calm, action, kind):
    store = Store(calm)
    for trial in store.records():
        if (trial["strategy"], trial["size"]) == ("red", 8) and trial["seed"] < 2:
            action(store, trial)
    found = due(calm)
    assert set(found) == {kind}
    assert found[kind].headline.startswith("2 ")
    assert found[kind].places == ("phantom_thorax · nnunet · red: N = 8 (2)",)


def test_a_file_that_is_no_record_is_named(calm):
    trial = Store(calm).records()[0]
    path = Store(calm).record_path(trial["id"])
    path.write_bytes(sealed({**trial, "size": 10**20}))
    shutil.copytree(path.parent, path.parent.with_name("conflicted copy"))
    found = due(calm)
    assert set(found) == {"left_out", "missing"}
    assert found["left_out"].headline.startswith("2 files")
    assert "is no valid record (size is 1e+20" in "".join(found["left_out"].places)


def test_few_sizes(calm):
    store = Store(calm)
    for trial in store.records():
        if (trial["strategy"], trial["size"]) == ("red", 8):
            store.record_path(trial["id"]).unlink()
    assert due(calm)["few-sizes"].places == ("phantom_thorax · nnunet: red (N = 4, 16, 32)",)


def test_overlap_mixed_protocols_skipped_sizes_and_warnings_of_trials(calm):
    store = Store(calm)
    for trial in store.records():
        if trial["strategy"] == "red":
            overlap = {**trial["subset"], "overlap": trial["size"] == 32}
            replace_record(store, {**trial, "protocol_hash": "other", "subset": overlap, "warnings": [HOSTILE]})
    plan_anew(store, {**store.plan(), "skipped": [{"task": "phantom_thorax", "size": 64, "pool": 50}]})
    found = due(calm)
    assert set(found) == {"overlap", "mixed", "skipped", "trial-warnings"}
    assert found["overlap"].places == ("phantom_thorax: N = 32 of 80",)
    assert found["mixed"].places == ("phantom_thorax · nnunet: 2 protocols",)
    assert found["skipped"].places == ("phantom_thorax: N = 64, the pool has 50",)
    assert found["trial-warnings"].places == (f"{HOSTILE} (24 trials)",)


def rewrite(folder: Path, bce: Callable[[dict], float]) -> None:
    """Give all trials of red another error."""
    store = Store(folder)
    for trial in store.records():
        if trial["strategy"] == "red":
            means = {**trial["test"]["best"], "bce": bce(trial)}
            replace_record(store, {**trial, "test": {**trial["test"], "best": means}})


def wave(trial: dict, share: float) -> float:
    """A factor that differs between seeds, with mean about 1."""
    return 1 + share * sin(7 * trial["seed"] + trial["size"])


@pytest.mark.parametrize(
    ("kind", "bce"),
    [
        ("floor", lambda trial: 0.5 * trial["size"] ** -0.3 * wave(trial, 0.1)),  # a pure power law, noisy
        ("rejected", lambda trial: 0.5 / (1 + (trial["size"] / 10) ** 4) * wave(trial, 0.02)),
        ("rising", lambda trial: (0.2 if trial["size"] < 32 else 0.3) * wave(trial, 0.02)),
        ("zero-variance", lambda trial: 0.5 * trial["size"] ** -0.5 + 0.05),
    ],
)
def test_what_is_peculiar_about_a_law_names_its_curve(calm, kind, bce):
    rewrite(calm, bce)
    assert due(calm)[kind].places == ("phantom_thorax · nnunet: red",)


def test_two_seeds_are_provisional(calm):
    store = Store(calm)
    for trial in store.records():
        if trial["seed"] > 1:
            store.record_path(trial["id"]).unlink()
    assert due(calm)["provisional"].places == ("phantom_thorax · nnunet: baseline, red",)


def test_few_test_patients(tmp_path):
    write_study(tmp_path / "small", sizes=(4, 8, 16, 32))
    assert due(tmp_path / "small")["few-patients"].places == ("phantom_thorax · nnunet: baseline, red",)


MASKS = {"cases": 36, "shown": 30, "missed": 0, "astray": 0, "invented": 0, "flooded": 0}


@pytest.mark.parametrize(
    ("masks", "seen"),
    [
        (MASKS | {"missed": 30}, "an empty prediction in 30 of the 30 test images that show something"),
        (MASKS | {"flooded": 20}, "nearly all of the image predicted in 20 of 36 test images"),
    ],
)
def test_networks_that_say_nothing_come_first(calm, masks, seen):
    change(calm, masks=masks)
    found = due(calm)
    assert next(iter(found)) == "collapsed"
    assert found["collapsed"].places == (f"phantom_thorax · nnunet · baseline: 1 of 6 trials at N=16: {seen}",)


def test_trials_that_were_not_trained_out_are_told_with_their_share(calm):
    store = Store(calm)
    for trial in store.records():
        if (trial["strategy"], trial["size"]) == ("red", 4):
            falling = {"training_loss": [1 / (place + 1) for place in range(16)]}
            replace_record(store, trial | {"history": trial["history"] | falling})
    assert due(calm)["untrained"].places == (
        "phantom_thorax · nnunet · red: 6 of 24 trials (N=4), whose training loss falls by 25% in the last quarter of "
        "the updates",
    )


def test_dice_is_shown_without_the_images_that_have_nothing_to_find(calm):
    study = load_study(calm, "bce")
    assert shown_dice_table(study) is None, "records of before do not count"
    store = Store(calm)
    for trial in store.records():
        replace_record(store, trial | {"masks": MASKS})
    rows = shown_dice_table(load_study(calm, "bce")).rows
    assert len(rows) == 8, "two strategies at four sizes"
    assert rows[0][:6] == ("phantom_thorax", "nnunet", "baseline", "4", "–", "6")
    assert (rows[0][7], rows[0][9]) == ("36", "30")
    of_all, of_shown = float(rows[0][6]), float(rows[0][8])
    assert of_shown == pytest.approx((36 * of_all - 6) / 30, abs=2e-3)


def test_larger_batches_and_more_updates_are_told_with_the_numbers_where_one_seed_has_both(calm):
    store = Store(calm)
    for trial in store.records():
        training = trial["training"]
        if (trial["strategy"], trial["size"]) == ("red", 4):
            training |= {"batch_size": 8, "updates": 512}
        elif trial["size"] == 8 and trial["seed"] == 1:  # patients may have other numbers of images in each seed
            training |= {"batch_size": 6, "updates": 300}
        elif trial["size"] == 16 and trial["strategy"] == "red":
            training |= {"updates": 200, "stopped": "patience"}
        replace_record(store, trial)
    assert {kind: caution.places for kind, caution in due(calm).items()} == {
        "unlike_budgets": (
            "phantom_thorax · nnunet · N = 4: 4 rows (baseline), 8 rows (red); "
            "256 updates (baseline), 512 updates (red)",
        )
    }


def test_that_pooled_sources_share_patients_comes_first_and_is_told_once(calm):
    store, told = Store(calm), told_shared("a", "b")
    fail(store, store.records()[3])
    for index in (0, 1):
        change(calm, index, warnings=[told, "a warning"])
    found = due(calm)
    assert next(iter(found)) == "same-patients"
    assert found["same-patients"].places == (told,)
    assert found["trial-warnings"].places == ("a warning (2 trials)",)
