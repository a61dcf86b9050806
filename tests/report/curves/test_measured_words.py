"""What was measured, in words: means and spreads in closed form, metrics that disagree, structures, gaps."""

import math
from dataclasses import replace
from statistics import fmean

import pytest

from segaug.report.blocks.section import Folded, Heading, Text
from segaug.report.study.study import mean_by_size, values_by_size
from segaug.results.store import Store
from tests.report.known_studies import CASES, ONE, ORDERED, PAIRED, RATIOS, SIZES, law, standard_deviation
from tests.report.made_sections import Page, by, numbers, page_of
from tests.report.odd_studies import Cell, Json, Odd
from tests.structures import STRUCTURES

FACTORS = {"BCE": 1.0, "BCE of last weights": 1.05, "recalibrated BCE": 0.95, "HD95 [px]": 4.0}  # of the error


@pytest.fixture(scope="module")
def ordered(known) -> Page:
    return known("ordered")


@pytest.fixture(scope="module")
def split(known) -> Page:
    return known("split")


@pytest.mark.parametrize("strategy", ["baseline", *RATIOS])
def test_mean_and_spread_of_four_seeds_are_in_closed_form(known, strategy):
    rows = [row for row in known("paired").table("measures", "Test") if row["strategy"] == strategy]
    spread = standard_deviation() * (2 if strategy == "regda" else 1)
    for row, size in zip(rows, SIZES, strict=True):
        mean = RATIOS.get(strategy, 1.0) * law(size)
        for column, factor in FACTORS.items():
            assert numbers(row[column]) == pytest.approx([factor * mean, factor * mean * spread], rel=6e-3)
        assert numbers(row["Dice"])[0] == pytest.approx(1 - math.sqrt(mean) / 2, abs=2e-3)
        assert float(row["atlas BCE"]) == pytest.approx(0.25 + 0.1 / size, abs=6e-4)
        assert (row["constant BCE"], row["logit scale"], row["n"], row["V"]) == ("0.450", "1.10", "4", "16")


def test_rows_come_by_strategy_in_the_order_of_the_palette_and_by_size(known):
    rows = known("paired").table("measures", "Test")
    assert [(row["strategy"], row["N"]) for row in rows] == [
        (name, str(size)) for name in ("baseline", *RATIOS) for size in SIZES
    ]


def test_metrics_that_put_two_strategies_in_opposite_order_are_told_with_their_signs(ordered):
    sentences = [line for line in ordered.sentences("measures") if " against " in line]
    clear = "baseline against red is worse in test BCE, worse in recalibrated BCE, {} in 1 − Dice, worse in HD95"
    assert sentences == [
        f"lung · nnunet, N = 4: {clear.format('better')}",
        f"lung · nnunet, N = 8: {clear.format('unclear')}",
    ]
    assert ordered.finding("measures") == "1 pair is put clearly in opposite order by two metrics."
    folded = {block.summary: block for block in ordered.all("measures", Folded)}
    assert folded["Clear under one metric, unclear under another (1)"].blocks[0].items == sentences[1:]


def test_the_order_of_strategies_is_that_of_their_means(ordered, known):
    rows = ordered.table("measures", "lowest mean error")
    assert [(row["N"], row["test BCE"]) for row in rows] == [("4", "red < baseline"), ("8", "red < baseline")]
    assert rows[0]["1 − Dice"] == "baseline < red"
    expected = " < ".join(sorted(["baseline", *RATIOS], key=lambda name: RATIOS.get(name, 1.0)))
    for row in known("paired").table("measures", "lowest mean error"):
        assert {row[column] for column in ("test BCE", "recalibrated BCE", "HD95", "1 − Dice")} == {expected}
    assert [row["N"] for row in known("paired").table("measures", "lowest mean error")] == list(map(str, SIZES))


def test_metrics_that_agree_are_said_to(known):
    paired = known("paired")
    assert paired.finding("measures") == "No two metrics put any pair of strategies clearly in opposite order."
    assert not [line for line in paired.sentences("measures") if " against " in line]
    summaries = [block.summary for block in paired.all("measures", Folded)]
    assert summaries == ["The order of strategies under each metric", "All measures as a table"]


def test_several_pairs_in_opposite_order_are_counted(tmp_path):
    def worse(trial: Json) -> Json:
        dice = {"baseline": 0.8, "red": 0.7}[trial["strategy"]] + 0.001 * ONE[trial["seed"]] * trial["test"]["best"][
            "bce"
        ]
        test = {kind: {**means, "dice": dice} for kind, means in trial["test"].items()}
        return {**trial, "test": test}

    page = page_of(tmp_path / "both", replace(ORDERED, change=worse))
    assert page.finding("measures") == "2 pairs are put clearly in opposite order by two metrics."


def test_two_metrics_are_enough_to_be_held_against_each_other(tmp_path):
    def change(trial: Json) -> Json:
        test = {kind: {name: means[name] for name in ("bce", "dice")} for kind, means in trial["test"].items()}
        return {**trial, "test": test}

    page = page_of(tmp_path / "two", replace(ORDERED, sizes=(4,), change=change))
    assert page.finding("measures") == "No two metrics put any pair of strategies clearly in opposite order."


def test_a_single_strategy_is_not_put_in_order(tmp_path):
    page = page_of(tmp_path / "alone", replace(ORDERED, strategies=("baseline",)))
    assert page.finding("measures") == "test BCE, recalibrated BCE, Dice, HD95."
    assert page.all("measures", Heading) == []


def test_what_no_trial_or_not_every_trial_has_is_one_note(tmp_path):
    def some(trial: Json) -> Json:
        test = {kind: {**means, "iou": 0.5} for kind, means in trial["test"].items()}
        return {**trial, "test": test} if trial["seed"] == 0 else trial

    (note,) = [text.text for text in page_of(tmp_path / "some", replace(ORDERED, change=some)).all("measures", Text)][
        :1
    ]
    assert "IoU (12 of 16 trials lack it)" in note
    assert "surface Dice (no trial has it)" in note
    assert "HD95" not in note


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (lambda _: 0, "No validation labels were used."),
        (lambda _: 16, "Every N also costs V = 16 validation labels"),
        (lambda seed: 8 * seed, "Every N also costs V = 0 to 24 validation labels"),
    ],
)
def test_what_a_size_costs_beside_its_labels(tmp_path, labels, words):
    def change(trial: Json) -> Json:
        return {**trial, "labels": {**trial["labels"], "validation": labels(trial["seed"])}}

    assert words in page_of(tmp_path / "cost", replace(ORDERED, change=change)).captions("curves")[0]


def test_a_page_of_another_metric_says_which(tmp_path):
    page = page_of(tmp_path / "dice", replace(PAIRED, strategies=("baseline", "red"), sizes=(4,)), "1-dice")
    overview, _ = page.captions("curves")
    assert overview.startswith("1 − Dice against N labelled training images: means of n = 4 seeds")
    assert "1 − Dice: one minus the" in overview
    assert page.study.measured.stem == "1-dice"
    assert by("item", page.table("checklist"))["metric"]["this study"].startswith("1-dice, ")
    (measures,) = page.captions("measures")
    assert "N and all measures but Dice are on logarithmic axes." in measures


def test_patients_are_what_n_counts_where_the_protocol_says_so(tmp_path):
    def change(trial: Json) -> Json:
        return {**trial, "config": {**trial["config"], "protocol": {"length": 256, "count": "patients"}}}

    page = page_of(tmp_path / "patients", Odd(sizes=(4, 8), seeds=2, change=change))
    assert page.section("curves").title == "Error against labelled patients"
    overview = page.captions("curves")[0]
    assert "labelled training patients" in overview
    assert "validation labels: a trial needs all images of N patients, and V more." in overview
    assert "With 8 patients the test BCE" in page.answers()["phantom_thorax"]


def test_structures_have_their_own_rows_and_the_finding_has_their_means(known):
    page = known("structures")
    records = [trial for trial in Store(page.study.folder).records() if trial["task"] == "heart"]
    rows = {(row["strategy"], row["N"], row["structure"]): row for row in page.table("structures")}
    assert len(rows) == 2 * 2 * len(STRUCTURES)
    for (strategy, size, structure), row in rows.items():
        values = [
            trial["test"]["best"][f"dice/{structure}"]
            for trial in records
            if (trial["strategy"], str(trial["size"])) == (strategy, size)
        ]
        assert row["n"] == str(len(values)) == "2"
        assert numbers(row["Dice"])[0] == pytest.approx(fmean(values), rel=5e-3)
    means = {
        name: fmean(trial["test"]["best"][f"dice/{name}"] for trial in records if trial["size"] == 4)
        for name in STRUCTURES
    }
    said = ", ".join(f"{name} {mean:#.3g}" for name, mean in means.items())
    assert page.finding("structures") == f"heart at N = 4: Dice of {said}, mean over strategies."
    folded = page.all("structures", Folded)
    assert [block.unfolded for block in folded] == [True, *[False] * (len(folded) - 1)]
    assert folded[-1].summary == "Each structure as a table"


def test_spread_of_seeds_and_of_cases_is_in_closed_form(split):
    cases = math.sqrt(sum(case**2 for case in CASES) / 11 / 12)  # of the mean of twelve, as a share of law(N)
    rows = {(row["strategy"], row["N"]): row for row in split.table("variance")}
    assert list(rows) == [(name, size) for name in ("baseline", "red") for size in ("4", "8")]
    for (strategy, _), row in rows.items():
        of_cases, of_seeds = cases / RATIOS.get(strategy, 1.0), standard_deviation()
        assert (row["n"], row["patients"]) == ("4", "12")
        for column in ("on this test set", "seeds"):
            assert numbers(row[column])[0] == pytest.approx(100 * of_seeds, abs=0.06)
        assert numbers(row["test cases"])[0] == pytest.approx(100 * of_cases, abs=0.6)
        assert numbers(row["seeds × cases"])[0] == pytest.approx(0, abs=1e-9)
        share = of_cases**2 / (of_cases**2 + of_seeds**2 / 4)
        assert numbers(row["of the mean"])[0] == pytest.approx(100 * share, abs=0.51)
        spread, low, high = numbers(row["training"])  # the same images for every seed
        assert 0 < low < spread < high
        assert row["subset"] == "–"


def test_what_limits_the_mean_is_said_for_the_largest_size(split):
    cases = fmean((math.sqrt(sum(case**2 for case in CASES) / 11 / 12) / ratio) ** 2 for ratio in (1.0, 0.8))
    percent = 100 * math.sqrt(cases + standard_deviation() ** 2 / 4)
    advice = "more test images would help, more seeds hardly"
    assert split.finding("variance") == f"At N = 8 the mean error is known to {percent:.2g} %: {advice}."
    (sentence,) = split.sentences("variance")
    assert sentence.startswith(f"lung: at N = 8 the mean error is known to {percent:.2g} % ")
    assert f"; 99 % of that variance comes from the test cases: {advice}." in sentence
    (caption,) = split.captions("variance")
    assert "of the mean over its n = 4 seeds (right), on 12 test patients" in caption
    assert "which one seed draws together" in caption


def test_several_tasks_are_counted_by_what_limits_them(tmp_path):
    def change(trial: Json) -> Json:
        """Cases hardly differ in lung."""
        own, factor = trial["test"]["best"]["bce"], 1e-3 if trial["task"] == "lung" else 1.0
        return {**trial, "cases": {**trial["cases"], "bce": [own + factor * law(4) * case for case in CASES]}}

    odd = Odd(tasks=("heart", "lung"), sizes=(4,), change=change, error=PAIRED.error)
    page = page_of(tmp_path / "tasks", odd)
    assert page.finding("variance") == "At the largest N, test cases limit 1 of 2 means, and seeds the others."
    heart, lung = page.sentences("variance")
    assert heart.endswith("more test images would help, more seeds hardly.")
    assert lung.endswith("% of that variance comes from the test cases: more seeds would help.")


def _noisy(cell: Cell) -> float:
    return law(cell.size) * (1 + 0.1 * (-1) ** cell.seed)


@pytest.mark.parametrize(
    ("seeds", "shown", "points"),
    [(20, "every trial", "each a faint point."), (21, "up to 20 trials of each N", "(of more than 20 those")],
)
def test_many_trials_of_a_size_are_said_not_to_be_drawn_all(tmp_path, seeds, shown, points):
    page = page_of(tmp_path / "many", Odd(strategies=("baseline",), sizes=(4,), seeds=seeds, error=_noisy))
    summaries = [block.summary for block in page.all("curves", Folded)]
    assert summaries == [f"Each curve by itself, with {shown} (1)"]
    assert points in page.captions("curves")[1]
    assert f"n = {seeds} seeds" in page.captions("curves")[0]


def test_values_by_size_leave_out_what_was_not_measured():
    values = [(8, 3.0), (2, 1.0), (8, None), (2, 2.0), (4, None)]
    assert values_by_size(values) == {2: [1.0, 2.0], 8: [3.0]}
    assert list(mean_by_size(values).items()) == [(2, 1.5), (8, 3.0)]
