"""What is said of strategies whose ratio to the baseline is known: ratios, differences, p, and what they are worth."""

import math
import re
from dataclasses import replace

import pytest

from segaug.report.blocks.section import Folded, Heading, Items
from tests.report.known_studies import PAIRED, RATIOS, SIZES, SPREAD, T_3, law, standard_deviation
from tests.report.made_sections import Page, by, numbers, page_of
from tests.report.odd_studies import Cell, Odd

WHERE = "lung · nnunet"
CORRELATION = {"red": 0.0, "regda": 1.0, "mixup": 0.0}  # of the errors with the baseline's, over seeds
FACTOR = {  # N of the baseline with the error that a strategy reaches at N = 16, over 16
    name: (0.5 / (ratio * law(16) - 0.05)) ** 2 / 16 for name, ratio in RATIOS.items()
}


@pytest.fixture(scope="module")
def page(known) -> Page:
    return known("paired")


@pytest.fixture(scope="module")
def overall(page: Page) -> dict[str, dict[str, str]]:
    return by("strategy", page.table("comparison", "All sizes together"))


@pytest.fixture(scope="module")
def at(page: Page) -> dict[tuple[str, int], dict[str, str]]:
    return {(row["strategy"], int(row["N"])): row for row in page.table("comparison", "Each size by itself")}


def test_a_row_a_strategy_in_the_order_of_the_palette_and_a_row_a_size(overall, at):
    assert list(overall) == list(RATIOS)
    assert list(at) == [(name, size) for name in RATIOS for size in SIZES]
    assert {row["pairs × sizes"] for row in overall.values()} == {"4 × 4"}
    assert {row["pairs"] for row in at.values()} == {"4"}


@pytest.mark.parametrize("strategy", RATIOS)
def test_the_ratio_that_was_put_in_is_the_one_of_all_sizes_and_of_each(overall, at, strategy):
    row = overall[strategy]
    assert float(row["ratio"]) == pytest.approx(RATIOS[strategy], rel=5e-3)
    assert float(row["correlation"]) == pytest.approx(CORRELATION[strategy], abs=0.005)
    low, high = numbers(row["this test set"])
    wider_low, wider_high = numbers(row["new patients"])
    assert low < RATIOS[strategy] < high
    assert wider_low <= low
    assert wider_high >= high
    assert wider_high - wider_low > high - low
    for size in SIZES:
        assert float(at[strategy, size]["ratio"]) == pytest.approx(RATIOS[strategy], rel=5e-3)
        assert float(at[strategy, size]["correlation"]) == pytest.approx(CORRELATION[strategy], abs=0.005)
        assert float(at[strategy, size]["error"]) == pytest.approx(RATIOS[strategy] * law(size), rel=5e-3)
        assert float(at[strategy, size]["baseline"]) == pytest.approx(law(size), rel=5e-3)


@pytest.mark.parametrize("strategy", RATIOS)
def test_a_difference_has_the_interval_of_its_four_seeds(at, strategy):
    for size in SIZES:
        ratio, mean = RATIOS[strategy], law(size)
        share = math.hypot(ratio, 1) if CORRELATION[strategy] == 0 else 2 * ratio - 1
        half = T_3 * standard_deviation() * share * mean / math.sqrt(4)
        row = at[strategy, size]
        assert float(row["difference"]) == pytest.approx((ratio - 1) * mean, rel=5e-3)
        assert numbers(row["95 % 2"]) == pytest.approx([(ratio - 1) * mean - half, (ratio - 1) * mean + half], rel=6e-3)
        low, high = numbers(row["95 %"])
        assert low < ratio < high


def test_p_values_are_corrected_upwards_and_four_flips_go_no_lower_than_an_eighth(overall, at):
    for row in at.values():
        plain = 0.001 if row["p (t)"] == "< 0.001" else float(row["p (t)"])
        assert plain < float(row["p (Holm)"]) < 12 * 0.002
        assert row["p (flips)"] == row["p (max-t)"] == "0.12"
    assert {row["p (flips)"] for row in overall.values()} == {"0.12"}
    assert all(float(row["p (t, Holm)"]) < 0.05 for row in overall.values())


def test_pixels_move_as_the_records_say(at):
    assert {row["moves [px]"] for row in at.values()} == {"1.50"}


@pytest.mark.parametrize(
    ("strategy", "saw"),
    [
        ("red", " It also saw external images."),
        ("regda", " It saw the same: labelled subset."),
        ("mixup", " It also saw external images, test images."),
    ],
)
def test_what_a_strategy_is_worth_and_what_it_saw_is_a_sentence(page, strategy, saw):
    (sentence,) = [line for line in page.sentences("comparison") if line.startswith(f"lung: {strategy} at ")]
    found = re.match(
        rf"lung: {strategy} at N = 16 is worth ([\d.]+)x \[.*?\] the data of baseline; over the ", sentence
    )
    assert found is not None
    assert float(found[1]) == pytest.approx(FACTOR[strategy], rel=0.05)  # two digits
    assert sentence.endswith(saw)


def test_factors_beyond_what_the_baseline_was_measured_at_are_cut(page):
    rows = {(row["strategy"], row["N"]): row for row in page.table("comparison", "Equivalent data")}
    assert list(rows) == [(name, str(size)) for name in RATIOS for size in SIZES]
    for (strategy, size), row in rows.items():
        needed = (0.5 / max(RATIOS[strategy] * law(int(size)) - 0.05, 1e-9)) ** 2
        assert row["by"] == "law"
        if needed > SIZES[-1]:
            assert (row["factor"], row["cut"]) == (f"more than {SIZES[-1] / int(size):g}x", "above")
        elif needed < SIZES[0]:
            assert (row["factor"], row["cut"]) == (f"less than {SIZES[0] / int(size):g}x", "below")
        else:
            assert numbers(row["factor"])[0] == pytest.approx(needed / int(size), rel=0.06)
            assert (row["cut"] == "above") == ("more than" in row["factor"])
            assert (row["cut"] == "below") == ("less than" in row["factor"])


def test_sizes_that_are_not_cut_are_counted(page):
    rows = page.table("comparison", "Equivalent data")
    for name in RATIOS:
        whole = sum(row["strategy"] == name and row["cut"] == "–" for row in rows)
        (sentence,) = [line for line in page.sentences("comparison") if line.startswith(f"lung: {name} at ")]
        assert f"; over the {whole} of 4 sizes that are not cut " in sentence


def test_the_answer_says_the_same_as_the_tables(page, overall):
    answer = page.answers()["lung"]
    gained = law(16) - law(32)
    assert re.match(r"With 16 images the test BCE of baseline is 0\.175 \[0\.\d+, 0\.\d+\]; ", answer)
    assert f"; twice as many take away {100 * gained / law(16):.2g} % of it ({gained:.3g} [" in answer
    assert ", and beyond 32 nothing is claimed; " in answer
    for name, words in (("red", "red, which saw more data than baseline, errs less"), ("regda", "regda errs less"),
                        ("mixup", "mixup, which saw more data than baseline, errs more")):  # fmt: skip
        row = overall[name]
        assert f"{words}, by a factor of {row['ratio']} {row['this test set']} over N = 4 to 32" in answer
    assert answer.count("the labels") == 2
    assert "not shown" not in answer


def test_captions_count_pairs_seeds_and_comparisons(page):
    paired, worth = page.captions("comparison")
    assert paired.startswith("Test BCE of a strategy over that of baseline ")
    assert "n = 4 pairs" in paired
    assert "over the 12 strategies and sizes of a task" in paired
    assert "How many times N labelled images baseline needs" in worth
    assert "interpolating" not in worth


def test_order_of_the_section(page):
    assert [block.text for block in page.all("comparison", Heading)] == ["On the same seeds", "Worth in data"]
    notes = page.all("comparison", Folded)[-1]
    (items,) = notes.blocks
    assert notes.summary == f"Notes on single comparisons ({len(items.items)})"
    assert sum("provisional: at most 4 pairs" in note for note in items.items) == len(RATIOS)
    assert sum("t test and sign flips disagree" in note for note in items.items) == len(RATIOS)


def test_seeds_for_a_difference_worth_seeing(page):
    rows = by("strategy", page.table("planning"))
    assert list(rows) == list(RATIOS)
    for name, row in rows.items():
        share = math.sqrt(2) if CORRELATION[name] == 0 else 1  # what varies are both, or the half that regda has more
        assert float(row["sd of relative difference"]) == pytest.approx(standard_deviation() * share, rel=0.2)
        assert row["pairs here"] == "4"
        assert int(row["seeds"]) >= 2
    assert rows["red"]["seeds"] < rows["red"]["seeds, corrected"]
    most = max(int(row["seeds, corrected"]) for row in rows.values())
    least = min(int(row["seeds, corrected"]) for row in rows.values())
    assert page.finding("planning") == f"To see 10 % less error takes {least} to {most} seeds per size."


def test_one_strategy_needs_no_correction(tmp_path):
    alone = page_of(tmp_path / "alone", replace(PAIRED, strategies=("baseline", "mixup"), sizes=(4, 8)))
    (row,) = alone.table("planning")
    assert row["seeds"] == row["seeds, corrected"]
    assert alone.finding("planning") == f"To see 10 % less error takes {row['seeds']} seeds per size."


def test_trials_in_no_pair_and_divergence_are_noted_with_their_counts(known):
    page = known("counted")
    notes = [note.removeprefix("heart · nnunet · red: ") for note in page.sentences("comparison") if "heart" in note]
    assert [note for note in notes if note.startswith("diverged in 2 of 5 pairs, baseline in 0 (McNemar p = 0.5)")]
    assert "provisional: at most 2 pairs a size" in notes
    assert not [note for note in page.sentences("comparison") if "lung" in note and "diverged" in note]
    first, second = page.table("comparison", "All sizes together")
    assert (first["task"], first["pairs × sizes"], second["pairs × sizes"]) == ("heart", "2 × 1", "3 × 1")
    assert "n = 1 to 3 pairs" in page.captions("comparison")[0]


def _half(cell: Cell) -> float:
    """The baseline's error swings with the seed, and red's is half of the mean of both."""
    return (0.5 if cell.strategy == "red" else 1.0) * law(cell.size) * (1 + SPREAD * (-1) ** cell.seed)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (Odd(sizes=(4, 8), seeds=1, error=_half),
         "red is not tested, for want of a second seed in common with baseline"),
        (Odd(strategies=("baseline", "red", "regda"), sizes=(4, 8), seeds=1, error=_half),
         "red and regda are not tested, for want of a second seed in common with baseline"),
        (Odd(sizes=(4, 8), seeds=2, planned=lambda cell: cell.seed == 0, error=_half),
         "what more images would do is not told, it takes at least 4 sizes over a factor of 8"),
        (Odd(sizes=(1,), seeds=2, error=_half), "With 1 image the test BCE of baseline"),
        (Odd(sizes=(4,), seeds=3, error=_half, diverged=lambda cell: cell.strategy ==
             "baseline"), "the test BCE of red is"),
        (Odd(strategies=("baseline",), sizes=(4,), seeds=2, diverged=lambda _: True),
         "No trial of baseline converged, so nothing is told."),
    ],
)  # fmt: skip
def test_an_answer_says_what_cannot_be_told(tmp_path, odd, words):
    (answer,) = page_of(tmp_path / "odd", odd).answers().values()
    assert words in answer


def test_what_two_seeds_cannot_bound_is_said_and_not_stated(tmp_path):
    errors = {"baseline": (0.1, 0.3), "red": (0.2, 0.1)}
    page = page_of(tmp_path / "wild", Odd(sizes=(4,), seeds=2, error=lambda cell: errors[cell.strategy][cell.seed]))
    (row,) = page.table("comparison", "Each size by itself")
    assert (row["error"], row["baseline"], row["ratio"], row["difference"]) == ("0.150", "0.200", "0.750", "-0.0500")
    assert row["95 %"] == row["correlation"] == "–"
    low, high = numbers(row["95 % 2"])
    half = 12.7062 * math.sqrt(0.045 / 2)  # of the differences 0.1 and -0.2
    assert (low, high) == pytest.approx((-0.05 - half, -0.05 + half), rel=5e-3)
    assert row["p (t)"] == row["p (Holm)"]
    (note,) = [line for line in page.sentences("comparison") if "to bound their ratio" in line]
    assert note.endswith("at N=4")
    assert "red (0.750, p = 0.8) is not shown to differ from baseline." in page.answers()["phantom_thorax"]


def test_curves_that_cannot_be_paired_are_among_the_notes(tmp_path):
    odd = Odd(
        tasks=("heart", "lung"), sizes=(4,), seeds=4, error=_half,
        planned=lambda cell: (cell.task == "heart" and (cell.seed < 2) == (cell.strategy == "red"))
        or (cell.task == "lung" and (cell.strategy == "red" or cell.seed < 2)),
    )  # fmt: skip
    page = page_of(tmp_path / "apart", odd)
    assert [row["task"] for row in page.table("comparison", "All sizes together")] == ["lung"]
    (items,) = [block.items for block in page.all("comparison", Items) if len(block.items) > 1]
    assert [note for note in items if note.startswith("heart · nnunet · red: ")]
