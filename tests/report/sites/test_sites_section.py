"""The section on other sites: when it is there, what it says, and how its curves are drawn."""

import pytest

from segaug.analysis.sites.scored import Scored
from segaug.report.look.palette import look
from segaug.report.look.theme import themed
from segaug.report.sites.panels import fallen, panels
from segaug.report.sites.site_figure import site_panel, sites_figure
from tests.addition_study import records as added_records
from tests.addition_study import write as write_added
from tests.report.drawn import colour, filled, mark, points, solid
from tests.report.made_sections import Page
from tests.sites_study import records, write
from tests.synthetic import write_study

SIZES = (4, 8, 16)
pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    made = [one for one in records(sizes=SIZES, seeds=2) if one["task"].startswith("tecom")]
    return Page(write(tmp_path_factory.mktemp("made") / "sites", made))


@pytest.fixture(scope="module")
def groups(page):
    scored = Scored(page.study.snapshot)
    return panels(page.study, scored, fallen(page.study, scored))


def test_there_is_none_of_one_source_nor_where_no_other_test_set_was_scored(tmp_path):
    assert Page(write_study(tmp_path / "one", sizes=(4, 8), seeds=2).folder).section("sites") is None
    assert Page(write_added(tmp_path / "added", added_records(seeds=2))).section("sites") is None


def test_a_group_for_each_way_and_in_it_the_pages_metric_and_dice(groups):
    assert [[panel.metric for panel in group] for group in groups] == [["bce", "1-dice"]]
    assert [group[0].title for group in groups] == ["tecom → cella"]


def test_inside_is_solid_and_filled_and_outside_dashed_and_hollow_at_the_means(groups):
    panel = groups[0][0]
    with themed():
        axes = site_panel(panel, "images")[0].axes[0]
    for where, curves in (("inside", panel.inside), ("outside", panel.outside)):
        for place, (strategy, curve) in enumerate(curves.items()):
            drawn = mark(axes, f"{where}-{place}")
            assert [y for _, y in points(axes, f"{where}-{place}")] == pytest.approx([p.mean for p in curve.points])
            assert filled(drawn) == (where == "inside")
            own = [each for each in axes.lines if colour(each) == look(strategy).light and len(each.get_xdata()) > 2]
            lines = [each for each in own if each.get_linestyle() != "None"]
            assert {solid(each) for each in lines} == {True, False}


def test_every_mean_is_on_the_axis(groups):
    with themed():
        figure = sites_figure(groups, "images", "note")
    for axes, panel in zip(figure.axes, [panel for group in groups for panel in group], strict=True):
        low, high = axes.get_ylim()
        assert all(low < point.mean < high for curve in panel.both for point in curve.points)


def test_tables_have_every_size_and_both_measures(page):
    overall, sizes = page.table("sites", "All N together"), page.table("sites", "Means over n seeds")
    assert len(overall) == 2 * 2
    assert len(sizes) == len(overall) * len(SIZES)
    assert {row["measure"] for row in sizes} == {"BCE", "1 - Dice"}
    red = next(row for row in overall if row["strategy"] == "red")
    assert float(red["fall over the baseline's"].split()[0]) == pytest.approx(0.75, rel=0.15)
    assert float(red["outside, over the baseline"].split()[0]) < 1


def test_cautions_and_patients_are_said(page):
    told = page.sentences("sites")
    assert any("12 test patients inside, 6 outside" in words for words in told)
    assert any(words.startswith("One site is not the outside in general") for words in told)
    assert any("From tecom to cella, BCE outside over BCE inside: baseline" in words for words in told)
