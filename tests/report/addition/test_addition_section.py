"""The section on added data: what it says, and where its marks and bands lie."""

import pytest
from matplotlib.axes import Axes

from segaug.report.addition.addition_figure import addition_figure, addition_panel, addition_signs
from segaug.report.addition.panels import AdditionPanel, judged, panels
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from tests.addition_study import pooled, records, write
from tests.report.drawn import bands, filled, mark, points
from tests.report.made_sections import Page, numbers

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    made = records(samplings=("proportional", "balanced"), sizes=(4, 12, 16, 24, 32))
    return Page(write(tmp_path_factory.mktemp("made") / "wbc", made))


@pytest.fixture(scope="module")
def study(page) -> Study:
    return page.study


@pytest.fixture(scope="module")
def groups(study):
    return panels(study, judged(study))


@pytest.fixture(scope="module")
def drawn(groups) -> list[tuple[AdditionPanel, Axes]]:
    with themed():
        return [(panel, addition_panel(panel)[0].axes[0]) for panel in groups[0]]


def test_a_panel_a_measure_the_cross_entropy_first(groups):
    ((bce, recalibrated, dice),) = groups
    assert [panel.metric for panel in (bce, recalibrated, dice)] == ["bce", "bce_recalibrated", "1-dice"]
    assert [curve.sampling for curve in bce.curves] == ["proportional", "balanced"]


def test_marks_lie_at_the_differences_of_what_is_shown(drawn):
    for panel, axes in drawn:
        sign = -1 if panel.metric == "1-dice" else 1
        for place, curve in enumerate(panel.curves):
            heights = [y for _, y in points(axes, f"added-{place}")]
            assert heights == pytest.approx([sign * point.effect.mean for point in curve.points])
            assert filled(mark(axes, f"added-{place}")) == (curve.sampling == "proportional")


def test_bands_are_the_simultaneous_intervals_and_on_the_axis(drawn):
    for panel, axes in drawn:
        low, high = axes.get_ylim()
        assert low < 0 < high
        for curve, band in zip(panel.curves, bands(axes), strict=True):
            widths = [top - bottom for bottom, top in zip(band.low, band.high, strict=True)]
            ends = [point.effect.interval for point in curve.points]
            assert widths == pytest.approx([interval.high - interval.low for interval in ends])


def test_the_figure_for_a_paper_has_every_panel_and_its_signs(groups):
    assert len(addition_figure(groups, "note").axes) == 3
    assert [sign.get_label() for sign in addition_signs(groups)] == [
        "proportional sampling",
        "balanced: half of each batch from the base",
    ]


def test_it_says_verdict_worth_and_dilution(page):
    said = page.sentences("addition")
    assert sum("harm shown at k = 4, 16" in sentence for sentence in said) == 2
    assert any("16 added images are worth -" in sentence for sentence in said)
    assert any("balanced takes back" in sentence for sentence in said)


def test_the_table_has_a_row_a_measure_curve_and_k(page):
    table = page.table("addition")
    assert len(table) == 3 * 2 * 2
    (dice,) = [row for row in table if (row["measure"], row["sampling"], row["k"]) == ("Dice", "balanced", "16")]
    assert numbers(dice["difference"].replace("+", ""))[0] < 0
    assert dice["base rows"] == "1024"


def test_strategies_with_the_same_images_stand_beside_each_other(tmp_path):
    other = [pooled(k, seed, lambda *_: 0.5, strategy="red") for k in (0, 4, 16) for seed in range(5)]
    told = Page(write(tmp_path / "two", [*records(), *other])).sentences("addition")
    (beside,) = [
        sentence for sentence in told if "BCE minus that of baseline: -" in sentence and "recal" not in sentence
    ]
    assert "red, proportional sampling: " in beside
    assert "mean over these k: -" in beside


def test_one_seed_is_drawn_without_bands(tmp_path):
    study = load_study(write(tmp_path / "one", records(seeds=1)))
    ((panel, *_),) = panels(study, judged(study))
    axes = addition_panel(panel)[0].axes[0]
    assert bands(axes) == []
    assert len(points(axes, "added-0")) == 2


def test_what_cannot_be_compared_is_a_sentence(tmp_path):
    made = records()
    changed = [{**trial, "dataset_hash": "f" * 16} if "16" in trial["task"] else trial for trial in made]
    (sentence,) = Page(write(tmp_path / "mixed", changed)).sentences("addition")
    assert sentence.startswith("Nothing is told of added data")


def test_a_study_of_one_source_has_no_such_section(tmp_path):
    alone = [trial for trial in records(sizes=(4, 8)) if "sources" not in trial]
    assert Page(write(tmp_path / "plain", alone)).section("addition") is None
