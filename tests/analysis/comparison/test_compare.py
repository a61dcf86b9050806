"""Strategies of a study beside their baseline."""

import math

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.comparison.compare import compare_source, compare_table, compare_trials
from segaug.analysis.comparison.effect import effect
from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.trials.table import trials
from segaug.errors import DataError
from segaug.results.snapshot import Snapshot
from tests.synthetic import record, write_study

SIZES = (4, 8, 16, 32, 64)


def frame(ratios, seeds=8, sizes=SIZES, **columns):
    """Trials of curves that differ by a ratio from one law, with noise that is half shared."""
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 0.08, (seeds, len(sizes)))
    rows = []
    for name, ratio in ratios.items():
        own = rng.normal(0, 0.08, shared.shape)
        for (seed, place), noise in np.ndenumerate(shared + own):
            error = ratio * (0.8 * sizes[place] ** -0.5 + 0.02) * math.exp(noise)
            rows.append({"task": "thorax", "curve": name, "N": sizes[place], "seed": seed, "error": error} | columns)
    return pd.DataFrame(rows)


def compared(rows, **options):
    return compare_table(rows, resamples=200, **options).found


def of_records(records, metric="bce", baseline="baseline"):
    return compare_trials(trials(records), metric, {}, baseline, resamples=200)


def trial(strategy, seed, bce, **changes):
    made = record("thorax", "nnunet", strategy, 4, seed) | changes
    return made | {"test": {**made["test"], "best": {**made["test"]["best"], "bce": bce}}}


def test_every_strategy_is_compared_at_every_size():
    rows = frame({"baseline": 1, "red": 0.8, "regda": 1.0})
    red, regda = compared(rows)
    assert (str(red.key), red.baseline, red.metric) == ("thorax/red", "baseline", None)
    assert [one.size for one in red.sizes] == list(SIZES)
    assert red.overall.ratio.value == pytest.approx(0.8, rel=0.05)
    assert red.overall.p_holm < 1e-4 < regda.overall.p_holm
    assert red.overall.ratio.interval.high < 1
    assert red.equivalent.summary.interval.low > 1.2
    assert regda.equivalent.summary.interval.low < 1 < regda.equivalent.summary.interval.high


def test_the_family_of_tests_is_all_strategies_and_sizes():
    rows = frame({"baseline": 1, "red": 0.9, "regda": 0.95})
    found = compared(rows)
    cells = [one for strategy in found for one in strategy.sizes]
    assert [one.p_holm for one in cells] == pytest.approx(holm([one.ratio.log.p_t for one in cells]))
    assert all(one.p_max_t >= one.ratio.log.p_flip for one in cells)
    assert [one.overall.p_holm for one in found] == pytest.approx(holm([one.overall.ratio.log.p_t for one in found]))
    assert any(one.significant for one in cells)


def test_one_cell_is_the_paired_test_of_its_seeds():
    rows = frame({"baseline": 1, "red": 0.9})
    (red,) = compared(rows)
    errors = rows[rows["N"] == 16].pivot(index="seed", columns="curve", values="error")
    expected = effect((errors["red"] - errors["baseline"]).to_numpy())
    cell = red.sizes[2]
    assert cell.difference == expected
    assert (cell.ratio.log.p_t, cell.ratio.log.p_flip) == pytest.approx((expected.p_t, expected.p_flip))
    assert cell.ratio.value == pytest.approx(errors["red"].mean() / errors["baseline"].mean())
    assert (cell.baseline, cell.strategy) == pytest.approx((errors["baseline"].mean(), errors["red"].mean()))
    assert cell.difference.mean == pytest.approx(cell.strategy - cell.baseline)
    assert cell.correlation == pytest.approx(errors.corr().iloc[0, 1])


def test_other_curves_do_not_change_a_strategys_own_numbers():
    rows = frame({"baseline": 1, "red": 0.8, "regda": 1.0})
    red, _ = compared(rows)
    (alone,) = compared(rows[rows["curve"] != "regda"])
    assert (red.overall.ratio, red.equivalent) == (alone.overall.ratio, alone.equivalent)
    assert [one.ratio for one in red.sizes] == [one.ratio for one in alone.sizes]


def test_seeds_and_sizes_of_one_side_are_in_no_pair():
    rows = frame({"baseline": 1, "red": 0.8})
    lonely = (rows["curve"] == "red") & ((rows["seed"] > 4) | (rows["N"] == 64))
    (red,) = compared(rows[~lonely])
    assert [one.ratio.log.pairs for one in red.sizes] == [5, 5, 5, 5]
    assert "20 trials only of the baseline, at N=4, 8, 16, 32, 64, are in no pair" in red.notes
    assert [one.size for one in red.equivalent.sizes] == [4, 8, 16, 32]


def test_a_single_trial_without_a_partner_is_told_of_as_one():
    rows = frame({"baseline": 1, "red": 0.8})
    (red,) = compared(rows[~((rows["curve"] == "baseline") & (rows["seed"] == 0) & (rows["N"] == 16))])
    assert "1 trial without the baseline, at N=16, is in no pair" in red.notes


def test_no_common_seed_still_tells_what_a_strategy_is_worth():
    rows = frame({"baseline": 1, "red": 0.8})
    rows.loc[rows["curve"] == "red", "seed"] += 100
    (red,) = compared(rows)
    assert (red.sizes, red.overall.sizes) == ((), ())
    assert math.isnan(red.overall.ratio.value)
    assert red.equivalent.method == "law"
    assert red.notes == ("no seed and size in common with the baseline: nothing to pair",)


def test_one_seed_has_ratios_without_intervals():
    (red,) = compared(frame({"baseline": 1, "red": 0.8}, seeds=1))
    assert [one.ratio.interval for one in red.sizes] == [None] * 5
    assert all(math.isnan(one.p_holm) and not one.significant for one in red.sizes)
    assert red.equivalent.method == "none"
    assert "one pair a size: no intervals, no tests" in red.notes


def test_equal_errors_are_named_and_no_evidence():
    rows = frame({"baseline": 1})
    (red,) = compared(pd.concat([rows, rows.assign(curve="red")]))
    assert [one.p_holm for one in red.sizes] == [1.0] * 5
    assert any("the same error as the baseline" in note for note in red.notes)


def test_a_ratio_without_chance_is_named():
    rows = frame({"baseline": 1})
    (red,) = compared(pd.concat([rows, rows.assign(curve="red", error=0.9 * rows["error"])]))
    assert red.overall.ratio.value == pytest.approx(0.9)
    assert red.overall.ratio.interval is None
    assert any("the same ratio or difference on every seed" in note for note in red.notes)
    assert all(
        one.ratio.interval is None and one.ratio.log.p_t == pytest.approx(one.difference.p_t) for one in red.sizes
    )


def test_a_difference_without_chance_is_named():
    rows = frame({"baseline": 1})
    (red,) = compared(pd.concat([rows, rows.assign(curve="red", error=0.01 + rows["error"])]))
    assert all(one.ratio.interval is None and math.isnan(one.p_holm) for one in red.sizes)
    assert any("the same ratio or difference on every seed" in note for note in red.notes)


def test_errors_that_vary_too_much_to_bound_a_ratio_are_named():
    rows = frame({"baseline": 1, "red": 1.1}, seeds=2)
    spread = np.where((rows["seed"] == 0) == (rows["curve"] == "red"), 0.3, 2.0)
    (red,) = compared(rows.assign(error=spread * rows["error"]))
    assert [one.ratio.interval for one in red.sizes] == [None] * 5
    assert all(one.ratio.log.p_t > 0.05 and one.difference.interval for one in red.sizes)
    assert "errors vary too much for so few seeds to bound their ratio at N=4, 8, 16, 32, 64" in red.notes


def test_diverged_trials_are_counted_and_left_out():
    rows = frame({"baseline": 1, "red": 0.8}, constant=0.6, status="ok")
    rows.loc[(rows["curve"] == "red") & (rows["seed"] < 6) & (rows["N"] == 4), "status"] = "diverged"
    (red,) = compared(rows)
    assert red.sizes[0].ratio.log.pairs == 2
    assert (red.divergence.strategy, red.divergence.baseline) == ((6, 0, 0, 0, 0), (0,) * 5)
    assert red.divergence.p == pytest.approx(2 / 2**6)
    assert red.divergence.matters
    assert red.divergence.as_constant.value > red.overall.ratio.value


def test_nothing_diverged_needs_no_sensitivity_analysis():
    (red,) = compared(frame({"baseline": 1, "red": 0.8}, constant=0.6))
    assert (red.divergence.any, red.divergence.as_constant, red.divergence.p) == (False, None, 1.0)


def test_shapes_are_compared_only_where_both_exponents_are_known():
    sizes = tuple(2**power for power in range(10))
    (red,) = compared(frame({"baseline": 1, "red": 0.8}, seeds=20, sizes=sizes))
    assert red.shape.b.interval.low < 0 < red.shape.b.interval.high
    assert red.shape.floor_share.interval.low < 0 < red.shape.floor_share.interval.high
    steeper = frame({"baseline": 1, "red": 1}, seeds=20, sizes=sizes)
    steeper.loc[steeper["curve"] == "red", "error"] *= steeper["N"] ** -0.2
    (red,) = compared(steeper)
    assert red.shape.b.value > red.shape.b.interval.low > 0
    (short,) = compared(frame({"baseline": 1, "red": 0.8}, sizes=SIZES[:3]))
    assert short.shape is None


def test_single_cases_give_an_interval_for_other_cases(tmp_path):
    write_study(tmp_path, seeds=6)
    (red,) = compare_source(Snapshot(tmp_path), "bce", resamples=200).found
    assert red.overall.ratio.other_cases.target == "case_population"
    assert all(one.ratio.other_cases for one in red.sizes)
    assert "12 test patients: too few to know what others would show" in red.notes
    (validation,) = compare_source(Snapshot(tmp_path), "validation_bce", resamples=200).found
    assert validation.overall.ratio.other_cases is None


def test_curves_tested_on_other_cases_are_refused():
    rows = pd.concat([frame({"baseline": 1, "red": 0.8}).assign(case=case) for case in "ab"])
    rows.loc[(rows["curve"] == "red") & (rows["case"] == "b"), "case"] = "c"
    with pytest.raises(DataError, match=r"thorax/red.*other test cases"):
        compared(rows)


def test_what_a_strategy_saw_and_moved_is_kept():
    more = {"sees": ["labelled subset", "external images"], "augmentation": {"displacement_rms_px": 2.5}}
    records = [trial("baseline", seed, 0.2 + 0.01 * seed, augmentation=None) for seed in range(3)]
    records += [trial("red", seed, 0.15 + 0.012 * seed, **more) for seed in range(3)]
    (red,) = of_records(records).found
    assert (red.sees, red.baseline_sees, red.saw_more) == ("external images, labelled subset", "labelled subset", True)
    assert red.sizes[0].rms_px == 2.5
    (back,) = of_records(records, baseline="red").found
    assert not back.saw_more
    assert math.isnan(back.sizes[0].rms_px)


def test_pairs_with_other_training_images_are_named():
    records = [trial("baseline", seed, 0.2 + 0.01 * seed) for seed in range(3)]
    records += [trial("red", seed, 0.15 + 0.012 * seed) for seed in range(3)]
    records[-1]["subset"] = records[-1]["subset"] | {"ids": ["other"]}
    (red,) = of_records(records).found
    assert "trained on other images than the baseline in 1 of 3 pairs: pairing gains less" in red.notes


@pytest.mark.parametrize("column", ["dataset_hash", "protocol_hash"])
def test_another_protocol_or_data_set_is_refused(column):
    records = [trial("baseline", 0, 0.2), trial("red", 0, 0.1, **{column: "other"})]
    with pytest.raises(DataError, match=f"another {column} for thorax/nnunet/red.*train both"):
        of_records(records)


def test_a_protocol_that_names_its_curve_is_compared_and_noted():
    records = [trial("baseline", seed, 0.2 + 0.01 * seed) for seed in range(3)]
    named = {"strategy": "baseline [length=64]", "protocol_hash": "other"}
    records += [trial("red", seed, 0.1 + 0.01 * seed) | named for seed in range(3)]
    (longer,) = of_records(records).found
    assert longer.sizes[0].difference.mean == pytest.approx(-0.1)
    assert "its protocol differs from that of the baseline: length=64 against the study's own" in longer.notes
    (shorter,) = of_records(records, baseline="baseline [length=64]").found
    assert "its protocol differs from that of the baseline: the study's own against length=64" in shorter.notes
    with pytest.raises(DataError, match="another dataset_hash"):
        of_records([*records[:3], *({**each, "dataset_hash": "other"} for each in records[3:])])


def test_a_task_without_the_baseline_is_named_not_compared():
    rows = pd.concat([frame({"baseline": 1, "red": 0.8}), frame({"red": 0.8}).assign(task="brain")])
    found = compare_table(rows, resamples=200)
    assert [str(one.key) for one in found.found] == ["thorax/red"]
    assert [str(key) for key in found.without_baseline] == ["brain/red"]


def test_an_unknown_baseline_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match=r"no strategy 'none'.*baseline, red"):
        compared(frame({"baseline": 1, "red": 0.8}), baseline="none")


def test_a_baseline_alone_is_refused():
    with pytest.raises(DataError, match="no task and network with both 'baseline' and another"):
        compared(frame({"baseline": 1}))


def test_the_order_of_rows_does_not_matter():
    rows = frame({"baseline": 1, "red": 0.9, "regda": 0.95})
    assert compared(rows) == compared(rows.sample(frac=1, random_state=0))


def test_notes_tell_of_larger_batches_and_more_updates_with_the_numbers():
    def trained(strategy, seed, **training):
        made = trial(strategy, seed, 0.5 + 0.01 * seed)
        return made | {"training": {**made["training"], **training}}

    def budget(**training):
        records = [
            *(trained("baseline", seed) for seed in range(3)),
            *(trained("red", seed, **training) for seed in range(3)),
        ]
        (red,) = of_records(records).found
        return [note for note in red.notes if note.endswith("part of the difference may come from that")]

    assert budget() == []
    assert [note.partition(":")[0] for note in budget(batch_size=8, updates=512)] == [
        "batches of 8 rows against 4 of the baseline at N=4", "512 updates against 256 of the baseline at N=4",
    ]  # fmt: skip
    assert budget(updates=200, stopped="patience") == []
