"""What is said of trials that were counted: done, failed, diverged, missing; hours, versions, protocols and labels."""

import re

import pytest

from segaug.report.blocks.section import Heading, Legend
from segaug.report.trials.completion import Completion
from segaug.report.trials.times import Failure
from tests.report.known_studies import DIVERGED, FAILED, SECONDS, law
from tests.report.made_sections import Page, by, numbers

DONE = {  # (task, model, strategy) -> finished trials, converged or not
    ("heart", "nnunet", "baseline"): 5, ("heart", "nnunet", "red"): 6, ("lung", "nnunet", "baseline"): 5,
    ("lung", "nnunet", "red"): 4, ("lung", "swin_unet", "baseline"): 3,
}  # fmt: skip
HOURS = sum(count * SECONDS[curve[2]] for curve, count in DONE.items()) / 3600


@pytest.fixture(scope="module")
def page(known) -> Page:
    return known("counted")


@pytest.fixture(scope="module")
def cells(page: Page) -> dict[tuple[str, str, str, int], str]:
    """Every cell of the grids in its own words."""
    (completion,) = page.all("trials", Completion)
    return {
        (*grid.name.split(" · "), strategy, size): cell.sentence
        for grid in completion.grids
        for strategy, row in grid.rows
        for size, cell in zip(grid.sizes, row, strict=True)
        if cell is not None
    }


def test_the_study_knows_which_trials_are_where(page):
    study = page.study
    assert (len(study.trials), len(study.records), len(study.failures), len(study.missing)) == (27, 23, 3, 1)
    assert (len(study.ok), len(study.diverged), study.planned) == (21, 2, 27)
    assert (study.tasks, study.models, study.sizes) == (["heart", "lung"], ["nnunet", "swin_unet"], [2, 4])
    assert study.strategies == ["baseline", "red"]
    assert study.groups == [("heart", "nnunet"), ("lung", "nnunet"), ("lung", "swin_unet")]
    assert study.title("lung", "swin_unet") == "lung · swin_unet"
    assert {(trial["task"], trial["strategy"], trial["size"], trial["seed"]) for trial in study.diverged} == DIVERGED
    assert len(study.diverged_of("heart", "nnunet", "red")) == 2
    assert study.diverged_of("lung", "nnunet", "red") == []


@pytest.mark.parametrize(
    ("anchor", "finding"),
    [
        ("trials", "23 of 27 trials have a result, 3 failed, 1 not done yet."),
        ("divergence", "2 of 23 trials diverged: red 2."),
        ("training", f"A trial takes 36.0 s (baseline), 90.0 s (red); all of them took {HOURS:.1f} device-hours."),
        ("protocol", "256 to 512 updates a trial; segaug 0.1.0, 0.2.0."),
        ("data", "heart, lung."),
        ("verdicts", "No law may be read: no curve has enough sizes and a law that fits them."),
    ],
)
def test_a_finding_counts(page, anchor, finding):
    assert page.finding(anchor) == finding


@pytest.mark.parametrize(
    ("curve", "size", "words"),
    [
        (("heart", "nnunet", "baseline"), 4, "2 of 3 done; missing: seed 0"),
        (("heart", "nnunet", "red"), 2, "3 of 3 done; diverged: seed 0"),
        (("heart", "nnunet", "red"), 4, "3 of 3 done; diverged: seed 1"),
        (("lung", "nnunet", "baseline"), 4, "2 of 3 done; failed: seed 2"),
        (("lung", "nnunet", "red"), 4, "1 of 3 done; failed: seeds 1, 2"),
        (("lung", "swin_unet", "baseline"), 4, "3 of 3 done"),
        (("heart", "nnunet", "baseline"), 2, "3 of 3 done"),
    ],
)
def test_a_cell_says_what_it_lacks(cells, curve, size, words):
    assert cells[(*curve, size)] == f"{curve[2]}, N = {size}: {words}"


def test_the_grid_has_a_cell_for_what_was_planned_and_counts_what_the_finding_counts(page, cells):
    assert len(cells) == 9
    counts = [numbers(sentence.split(": ")[1])[:2] for sentence in cells.values()]
    assert [sum(column) for column in zip(*counts, strict=True)] == [23, 27]
    (completion,) = page.all("trials", Completion)
    assert completion.caption.startswith("23 of 27 trials have a result (3 failed, 1 missing).\n")


def test_errors_come_with_their_trials_and_the_most_frequent_first(page):
    section = page.section("trials")
    failures: tuple[Failure, ...] = section.blocks[1].failures
    assert [(one.error, one.traceback) for one in failures] == [
        ("second", "line of second"),
        ("first", "line of first"),
    ]
    assert failures[0].trials == tuple(f"lung · nnunet · red · N = 4 · seed {seed}" for seed in (1, 2))
    assert failures[1].trials == ("lung · nnunet · baseline · N = 4 · seed 2",)
    assert sum(len(one.trials) for one in failures) == len(FAILED)


def test_where_the_time_went(page):
    rows = page.table("training", "Mean seconds of one trial")
    assert [(row["task"], row["model"], row["strategy"]) for row in rows] == list(DONE)
    for row, (curve, count) in zip(rows, DONE.items(), strict=True):
        total = SECONDS[curve[2]]
        for part, share in (("data", 10), ("prepare", 0), ("augmentation", 20), ("network", 70), ("other", 0)):
            assert row[f"{part} [s]"] == f"{total * share / 100:.1f} ({share} %)"
        assert float(row["total [s]"]) == total
        assert float(row["all trials [h]"]) == pytest.approx(count * total / 3600, abs=0.0051)


@pytest.mark.parametrize(
    ("kind", "headline", "places"),
    [
        ("failed", "3 trials failed", ("lung · nnunet · baseline: N = 4 (1)", "lung · nnunet · red: N = 4 (2)")),
        ("diverged", "2 trials diverged", ("heart · nnunet · red: N = 2 (1), N = 4 (1)",)),
        ("missing", "1 planned trial not done yet", ("heart · nnunet · baseline: N = 4 (1)",)),
        ("skipped", "Sizes above the pool were left out", ("heart: N = 128, the pool has 80",)),
        ("trial-warnings", "Trials left warnings", ("slow disk (7 trials)",)),
        ("few-sizes", "Too few sizes to read a law", (
            "heart · nnunet: baseline, red (N = 2, 4)", "lung · nnunet: baseline, red (N = 2, 4)",
            "lung · swin_unet: baseline (N = 4)")),
        ("provisional", None, ()),  # it is said of laws, and two sizes have none
        ("mixed", None, ()),
        ("code", None, ()),
        ("left_out", None, ()),
        ("overlap", None, ()),
        ("rejected", None, ()),
    ],
)  # fmt: skip
def test_a_caution_counts_and_names(page, kind, headline, places):
    found = page.cautions().get(kind)
    assert found == (None if headline is None else (headline, *places))


def test_the_gravest_caution_comes_first(page):
    kinds = list(page.cautions())
    assert kinds[:4] == ["atlas", "failed", "diverged", "missing"]
    assert kinds[-1] == "trial-warnings"


def test_worse_than_the_atlas_is_told_where_it_is(page):
    atlas = {size: 0.25 + 0.1 / size for size in (2, 4)}
    assert all(law(size) > atlas[size] for size in (2, 4))
    assert page.cautions()["atlas"][1:] == (
        "heart · nnunet: baseline at N = 2, 4; red at N = 2, 4",
        "lung · nnunet: baseline at N = 2, 4; red at N = 2, 4",
        "lung · swin_unet: baseline at N = 4",
    )


def test_curves_that_diverged_have_a_row_and_others_none(page):
    (row,) = page.table("divergence")
    assert (row["strategy"], row["diverged"], row["of"], row["at N"]) == ("red", "2", "6", "2 (1), 4 (1)")
    assert (row["E, converged"], row["E, as constant"], row["matters"]) == ("–", "–", "yes")
    (caption,) = page.captions("divergence")
    assert "(2 of 23 in all)" in caption
    assert page.panels("divergence") == [(("share of diverged trials of heart, nnunet",),)]
    assert [block.references for block in page.all("divergence", Legend)] == [False]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("resolved protocol", {"length": "256 | 512", "optimiser.betas": "none", "optimiser.name": "sgd"}),
        ("Versions", {"segaug": "0.1.0 | 0.2.0", "torch": "2.13.0", "device": "NVIDIA H200 | cpu"}),
        ("allowed to see", {"baseline": "p = 0.5 | 1.0", "red": "p = 0.5 | 1.0"}),
    ],
)
def test_what_trials_ran_with_is_said_with_all_of_its_values(page, words, rows):
    found = [tuple(row.values()) for row in page.table("protocol", words)]
    assert {row[0]: row[-1] for row in found} == rows
    assert [row[0] for row in found] == list(rows)


def test_the_plan_says_what_it_has_beside_trials_and_skipped_sizes(page):
    assert page.sentences("protocol") == ["27 trials were asked for over all runs of this study.", "pack: 3"]
    assert [block.text for block in page.all("protocol", Heading)] == ["Plan"]  # no card, no licence


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("curves", "one for each task, model and strategy: 5, 0 of them with a law"),
        ("updates of a trial", "256 to 512"),
        ("seeds per cell", "1 to 3 converged, median 2"),
        ("validation labels", "8 to 16, beside N"),
        ("trials", "23 finished of 27"),
        ("trials ran with segaug", "0.1.0, 0.2.0"),
        ("metric", "bce, of the weights that were best on validation; one value a trial"),
        ("metrics beside it", "bce_recalibrated, 1-dice, hd95"),
        ("test set", "heart 12 cases of 12 patients; lung 12 cases of 12 patients"),
        ("strategies", "baseline, red"),
    ],
)
def test_the_checklist_counts(page, item, answer):
    assert by("item", page.table("checklist"))[item]["this study"] == answer


def test_the_checklist_names_each_part_once_and_counts_its_items(page):
    rows = page.table("checklist")
    assert [row["part"] for row in rows if row["part"]] == ["form", "training", "data", "fit"]
    assert page.finding("checklist").startswith(f"{len(rows)} items ")
    left_out = by("item", rows)["left out"]["this study"]
    assert numbers(left_out) == [2, 3, 1, 1]
    assert "1 size above" in left_out


def test_a_row_of_measures_counts_seeds_labels_and_updates(page):
    rows = {
        (*[row[key] for key in ("task", "model", "strategy")], row["N"]): row for row in page.table("measures", "Test")
    }
    assert len(rows) == 9
    row = rows["lung", "nnunet", "red", "4"]  # one trial
    assert (row["n"], row["V"], row["updates"], row["BCE"]) == ("1", "16", "256", "0.300")
    row = rows["heart", "nnunet", "baseline", "4"]  # two
    assert (row["n"], row["V"], row["updates"]) == ("2", "8 to 16", "256 to 512")
    assert row["BCE"].startswith("0.300 ± ")
    assert {row["n"] for key, row in rows.items() if key[1] == "swin_unet"} == {"3"}


def test_captions_say_how_many_seeds_there_are_and_what_a_trial_costs(page):
    overview, single = page.captions("curves")
    assert "n = 1 to 3 seeds" in overview
    assert "Every N also costs V = 8 to 16 validation labels: a trial needs N + V labelled images." in overview
    assert "each a faint point. " in single
    (history,) = page.captions("training")
    assert history.startswith(
        "Validation BCE (nats per pixel, logarithmic) against the number of updates, at N = 2, 4."
    )


def test_panels_stand_in_a_column_a_task_and_in_a_row_a_group(page):
    overview, single = page.panels("curves")
    name = "test BCE against N for "
    assert overview == ((f"{name}heart, nnunet",), (f"{name}lung, nnunet", f"{name}lung, swin_unet"))
    assert single == (
        (f"{name}heart, nnunet, baseline", f"{name}heart, nnunet, red"),
        (f"{name}lung, nnunet, baseline", f"{name}lung, nnunet, red"),
        (f"{name}lung, swin_unet, baseline",),
    )
    (measures,) = page.panels("measures")
    assert [len(row) for row in measures] == [4, 4, 4]
    assert [re.sub(" against.*", "", label) for label in measures[0]] == [
        "test BCE",
        "recalibrated BCE",
        "Dice",
        "HD95",
    ]


def test_hours_of_processors_only_are_said_so(known):
    paired = known("paired")
    assert paired.finding("training").endswith(f"all of them took {64 * 20.9 / 3600:.1f} core-hours.")
