"""Dice beside a reference: known differences, structure by structure, in table, figure and finding."""

import math
from pathlib import Path

import pytest

from segaug.report.blocks.section import Folded, Heading, Panels, Text
from segaug.report.comparison.comparison_section import section as comparison_section
from segaug.report.comparison.dice import DiceGroup, dice_groups
from segaug.report.comparison.dice_figure import dice_figure, dice_panel
from segaug.report.comparison.dice_section import section
from segaug.report.comparison.dice_table import dice_caption, dice_finding, dice_table
from segaug.report.comparison.strategies import CONTROL
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from segaug.results.store import Store
from tests.report.drawn import filled, levels, mark, titles, wears
from tests.report.known_studies import ONE, OTHER, T_3
from tests.report.made_sections import rows
from tests.structures import STRUCTURES, structures_record
from tests.synthetic import plan_anew, record

SIZES = (2, 4)
NOISE = 0.004  # of a seed, with which the reference does not go
HALF = T_3 * NOISE * math.sqrt(8 / 3) / math.sqrt(4)  # width of the interval of four differences 0, +-2 NOISE, 0
DICE = {"": 0.7, "rv": 0.6, "myo": 0.65, "lv": 0.85}  # of the reference at N = 2; 0.05 more at N = 4
GAIN = {CONTROL: 0.0, "baseline": -0.02, "gd": 0.04}  # over it; of rv twice as much, of lv nothing
SHARE = {"": 1.0, "rv": 2.0, "myo": 1.0, "lv": 0.0}
LEARNED = {"artefact": "generator-1", "kind": "generator", "updates": 320, "chosen_update": 160, "health": {}}


def dice(strategy: str, size: int, seed: int, structure: str) -> float:
    sign = (ONE if strategy == CONTROL else OTHER)[seed]
    return DICE[structure] + 0.05 * (size == 4) + GAIN[strategy] * SHARE[structure] + NOISE * sign


def trial(task: str, strategy: str, size: int, seed: int) -> dict:
    """heart has three structures, and lung one without patients of several images."""
    made = (structures_record if task == "heart" else record)(task, "nnunet", "baseline", size, seed)
    key, names = ("dice_patient", ("", *STRUCTURES)) if task == "heart" else ("dice", ("",))
    best = {f"{key}/{name}".rstrip("/"): dice(strategy, size, seed, name) for name in names}
    learned = [LEARNED] if strategy == "gd" else []
    return {
        **made, "id": f"{task}-{strategy}-{size}-{seed}", "strategy": strategy, "learned": learned,
        "sees": ["labelled subset", *(["external images"] if learned else [])],
        "test": {"best": {**made["test"]["best"], **best}, "last": made["test"]["last"]},
    }  # fmt: skip


def write(folder: Path, strategies: dict[str, tuple[str, ...]], **changes: object) -> Study:
    store = Store(folder)
    trials = [
        trial(task, strategy, size, seed) | changes
        for task, names in strategies.items() for strategy in names for size in SIZES for seed in range(4)
    ]  # fmt: skip
    keys = ("id", "task", "model", "strategy", "size", "seed")
    plan_anew(store, {"trials": [{key: made[key] for key in keys} for made in trials], "skipped": []})
    for made in trials:
        store.write_record(made)
    return load_study(folder)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies") / "dice"
    return write(folder, {"heart": (*GAIN,), "lung": ("baseline", "gd")})


@pytest.fixture(scope="module")
def groups(study: Study) -> list[DiceGroup]:
    return dice_groups(study)


def test_the_reference_is_the_control_where_it_was_trained_and_else_the_baseline(groups: list[DiceGroup]) -> None:
    assert [(group.task, group.reference) for group in groups] == [("heart", CONTROL), ("lung", "baseline")]
    assert [group.words for group in groups] == ["Dice per patient", "Dice"]
    assert [structure.name for structure in groups[0].structures] == ["mean", *STRUCTURES]
    assert [structure.name for structure in groups[1].structures] == ["–"]  # whose records name none


@pytest.mark.parametrize("structure", ["", *STRUCTURES])
@pytest.mark.parametrize("size", SIZES)
def test_a_row_has_the_dice_and_the_difference_that_were_put_in(
    groups: list[DiceGroup], structure: str, size: int
) -> None:
    found = [
        row for row in rows(dice_table(groups))
        if (row["task"], row["structure"], row["N"]) == ("heart", structure or "mean", str(size))
    ]  # fmt: skip
    assert [row["strategy"] for row in found] == [CONTROL, "baseline", "gd"]
    for row in found:
        gain = GAIN[row["strategy"]] * SHARE[structure]
        assert float(row["Dice"]) == pytest.approx(DICE[structure] + 0.05 * (size == 4) + gain, abs=5.1e-4)
        assert row["pairs"] == "4"
        if row["strategy"] == CONTROL:
            assert row["difference"] == row["p (Holm)"] == "–"
        else:
            value, low, high = (float(text.strip("[],")) for text in row["difference"].split())
            assert (value, low, high) == pytest.approx((gain, gain - HALF, gain + HALF), abs=5.1e-4)


def test_p_is_that_of_the_gain(groups: list[DiceGroup]) -> None:
    p = {
        (row["structure"], row["strategy"]): row["p (Holm)"] for row in rows(dice_table(groups[:1])) if row["N"] == "2"
    }
    assert p["lv", "gd"] == "1"
    assert float(p["rv", "gd"].removeprefix("< ")) < float(p["rv", "baseline"].removeprefix("< ")) < 0.05


def test_the_finding_counts_what_differs(groups: list[DiceGroup]) -> None:
    assert dice_finding(groups[:1]).startswith(
        f"4 of 4 strategies and sizes differ from {CONTROL} after Holm, 4 pairs:"
    )
    assert "baseline at N = 4 (-0.020), gd at N = 2 (+0.040)" in dice_finding(groups[:1])
    assert dice_finding(groups) == (
        f"4 of 6 strategies and sizes differ from {CONTROL} or baseline after Holm, 4 pairs."
    )  # names would make it too long


def test_marks_are_at_the_differences_under_their_size(study: Study, groups: list[DiceGroup]) -> None:
    with themed():
        figure, tooltips = dice_panel(study, groups[0], groups[0].structures[3])  # lv
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["", "baseline", "gd", "", "baseline", "gd"]
    assert [text.get_text() for text in axes.texts] == ["N = 2", "N = 4"]
    bars = {bar.at: bar for bar in levels(axes)}
    assert set(bars) == {1, 2, 4, 5}
    for row, strategy in ((1, "baseline"), (2, "gd"), (4, "baseline"), (5, "gd")):
        sign = mark(axes, f"row-{row}")
        assert sign.get_xydata()[0] == pytest.approx([0, row], abs=1e-9)
        assert wears(sign, strategy)
        assert not filled(sign)
        assert (bars[row].low, bars[row].high) == pytest.approx((-HALF, HALF))
        assert tooltips[f"row-{row}"][0].startswith(f"{strategy}, N = {2 if row < 3 else 4}: ")


def test_structures_share_an_axis_and_what_differs_is_filled(study: Study, groups: list[DiceGroup]) -> None:
    with themed():
        figure = dice_figure(study, groups[0], "note")
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert titles(figure) == [f"heart · {name}" for name in ("mean", *STRUCTURES)]
    signs = {(panel, row): mark(axes, f"row-{row}") for panel, axes in enumerate(figure.axes) for row in (1, 2, 4, 5)}
    assert {place: filled(sign) for place, sign in signs.items()} == {place: place[0] < 3 for place in signs}
    assert signs[1, 2].get_xydata()[0, 0] == pytest.approx(2 * GAIN["gd"])


@pytest.mark.parametrize(
    ("sizes", "shown"), [((2,), [2]), ((2, 4, 8, 16), [2, 4, 8, 16]), ((1, 2, 4, 8, 16, 32, 64), [1, 4, 16, 64])]
)
def test_of_many_sizes_a_figure_shows_few_and_the_table_all(tmp_path: Path, sizes: tuple, shown: list) -> None:
    store = Store(tmp_path)
    trials = [
        {**trial("lung", strategy, 2, seed), "size": size, "id": f"{strategy}-{size}-{seed}"}
        for strategy in ("baseline", "gd") for size in sizes for seed in range(2)
    ]  # fmt: skip
    plan_anew(store, {"trials": [], "skipped": []})
    for made in trials:
        store.write_record(made)
    study = load_study(tmp_path)
    (group,) = dice_groups(study)
    assert group.drawn_sizes == shown
    assert [int(row["N"]) for row in rows(dice_table([group])) if row["strategy"] == "gd"] == [*sizes]
    assert ("Not every N is drawn" in dice_caption(study, [group])) == (len(shown) < len(sizes))


def test_the_section_holds_a_panel_a_structure_and_says_who_saw_more(study: Study) -> None:
    with themed():
        made = section(study)
    (panels,) = (block for block in made.blocks if isinstance(block, Panels))
    assert [len(group) for group in panels.groups] == [4, 1]
    said = [block.text for block in made.blocks if isinstance(block, Text)]
    assert said == [
        f"heart: gd saw more data than {CONTROL}, which is another reason to be better.",
        "lung: gd saw more data than baseline, which is another reason to be better.",
    ]
    assert [block.unfolded for block in made.blocks if isinstance(block, Folded)] == [True]
    assert list(made.figures) == ["dice_differences_heart_nnunet", "dice_differences_lung_nnunet"]


def test_nothing_to_compare_is_no_section_and_what_cannot_be_is_said(tmp_path: Path) -> None:
    assert section(write(tmp_path / "alone", {"lung": ("baseline",)})) is None
    assert section(write(tmp_path / "no_reference", {"lung": ("gd",)})) is None
    perfect = {"best": {"bce": 0.1, "dice": 1.0}, "last": {"bce": 0.1, "dice": 1.0}}
    made = section(write(tmp_path / "perfect", {"lung": ("baseline", "gd")}, test=perfect))
    (block,) = made.blocks
    assert "laws and ratios need errors above 0" in block.text


def test_what_learns_stands_beside_random_changes_of_the_same_kinds(study: Study, tmp_path: Path) -> None:
    with themed():
        made = comparison_section(study)
    headings = [block.text for block in made.blocks if isinstance(block, Heading)]
    assert headings == ["On the same seeds", "Against random changes of the same kinds", "Worth in data"]
    captions = [block.caption for block in made.blocks if isinstance(block, Panels)]
    assert f"over that of {CONTROL} on the same subset" in captions[1]
    assert [name for name in made.figures if CONTROL in name] == [f"ratio_{study.measured.stem}_against_{CONTROL}"]


@pytest.mark.parametrize("strategies", [("baseline", "gd"), ("baseline", CONTROL)])
def test_without_either_there_is_no_such_figure(tmp_path: Path, strategies: tuple[str, ...]) -> None:
    with themed():
        made = comparison_section(write(tmp_path, {"lung": strategies}))
    assert [block.text for block in made.blocks if isinstance(block, Heading)] == ["On the same seeds", "Worth in data"]
    assert not [name for name in made.figures if CONTROL in name]
