"""The section on learned policies: what is drawn are the numbers of the records, and what is said follows from them."""

import json
from statistics import fmean

import numpy as np
import pytest
from matplotlib.patches import Wedge

from segaug.analysis.comparison.effect import effect
from segaug.report.blocks.section import Drawing, Heading, Items, Panels
from segaug.report.policies import joined_figure
from segaug.report.policies.change_figure import change_figure, change_panel
from segaug.report.policies.class_looks import CLASS_LOOKS
from segaug.report.policies.course_figure import course_figure, has_course
from segaug.report.policies.pies import PIE_CAPTION, pie_drawing, pie_figure
from segaug.report.policies.shown import MOST_DRAWN, cells_of, drawn
from tests.policy_study import CLASSES, GROUPS, SEEDS, SIZES, START, learned, start, write
from tests.report.drawn import filled, mark, points
from tests.report.made_sections import Page

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return Page(write(tmp_path_factory.mktemp("made") / "study").folder)


@pytest.fixture(scope="module")
def joint(page):
    (cell,) = [cell for cell in drawn(cells_of(page.study)) if cell.strategy == "policy_joint"]
    return cell


def changes(name, group):
    return [learned(name, seed)[group][0] - start()[group][0] for seed in range(SEEDS)]


def test_the_largest_n_of_each_strategy_is_drawn_and_the_table_has_all(page):
    cells = cells_of(page.study)
    assert [(cell.strategy, cell.size) for cell in cells] == [(name, size) for name in CLASSES for size in SIZES]
    assert [(cell.strategy, cell.size) for cell in drawn(cells)] == [(name, SIZES[-1]) for name in CLASSES]
    rows = page.table("policies", "Every policy")
    assert len(rows) == sum(map(len, CLASSES.values())) * len(SIZES) * len(GROUPS)
    one = rows[len(rows) - len(GROUPS)]
    assert (one["strategy"], one["N"], one["class"], one["group"]) == ("policy_joint", "16", "foreground", "scale")
    assert (one["start"], one["n"], one["rose most"], one["reach"]) == ("0.80", "4", "0.45", "6.80")
    assert one["change"].startswith(f"{fmean(changes('foreground', 'scale')):+.2f} [")


@pytest.mark.parametrize("name", ["background", "foreground"])
def test_a_mark_is_the_mean_change_its_bar_the_interval_and_strokes_the_seeds(page, joint, name):
    axes = change_panel(page.study, joint)[0].axes[0]
    for place, group in enumerate(GROUPS):
        of_seeds, told = changes(name, group), effect(np.array(changes(name, group)))
        ((mean, height),) = points(axes, f"{name}-{place}")
        assert mean == pytest.approx(fmean(of_seeds))
        assert round(height) == place
        assert [x for x, _ in points(axes, f"seeds-{name}-{place}")] == pytest.approx(of_seeds)
        bars = [line for line in axes.lines if [*line.get_ydata()] == [height, height] and len(line.get_xdata()) == 2]
        assert [*bars[0].get_xdata()] == pytest.approx([told.interval.low, told.interval.high])
        assert axes.get_xlim()[0] <= told.interval.low
        assert told.interval.high <= axes.get_xlim()[1]


def test_a_mark_is_filled_where_the_change_is_more_than_chance(page, joint):
    axes = change_panel(page.study, joint)[0].axes[0]
    shown = {
        (policy.name, change.group): filled(mark(axes, f"{policy.name}-{place}"))
        for policy in joint.classes
        for place, change in enumerate(policy.changes)
    }
    clear = {key for key, is_filled in shown.items() if is_filled}
    assert clear == {
        ("background", "gamma"), ("foreground", "gamma"), ("foreground", "scale"), ("foreground", "rotation"),
    }  # fmt: skip


def test_background_and_foreground_lie_apart_and_wear_their_own_signs(page, joint):
    axes = change_panel(page.study, joint)[0].axes[0]
    for place in range(len(GROUPS)):
        (background,), (foreground,) = (points(axes, f"{name}-{place}") for name in ("background", "foreground"))
        assert foreground[1] - background[1] > 0.3
    markers = {name: mark(axes, f"{name}-0").get_marker() for name in ("background", "foreground")}
    assert markers == {name: CLASS_LOOKS[name].marker for name in markers}


def test_rings_have_a_piece_for_each_option_as_large_as_its_mean_probability(joint):
    (axes,) = pie_drawing(joint).axes
    wedges = [patch for patch in axes.patches if isinstance(patch, Wedge)]
    shares = [(wedge.theta2 - wedge.theta1) / 360 for wedge in wedges]
    means = [
        fmean(values)
        for group in GROUPS
        for of in (
            [start()] * SEEDS,
            *([learned(name, seed) for seed in range(SEEDS)] for name in ("background", "foreground")),
        )
        for values in zip(*(one[group] for one in of), strict=True)
    ]
    assert shares == pytest.approx(means)
    numbers = [text.get_text() for text in axes.texts if text.get_text().startswith("0.")]
    assert len(numbers) == 3 * len(GROUPS)
    assert f"{fmean(learned('foreground', seed)['scale'][0] for seed in range(SEEDS)):.2f}" in numbers


def test_larger_magnitudes_have_fuller_colours_and_nothing_is_grey(joint):
    (axes,) = pie_drawing(joint).axes
    by_group: dict[str, list[float]] = {}
    for wedge in axes.patches:
        group, _, option = wedge.get_gid().partition("/")
        if option != "nothing" and group != "filter":
            by_group.setdefault(group, []).append(wedge.get_facecolor()[3])
    for group, opacities in by_group.items():
        options = len(GROUPS[group]) - 1
        assert opacities[:options] == sorted(opacities[:options])
        assert opacities[options - 1] == pytest.approx(1 if options > 1 else 0.6)


def test_no_text_of_the_rings_lies_on_another(joint):
    for figure in (pie_drawing(joint), pie_figure(joint, PIE_CAPTION)):
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for axes in figure.axes for text in axes.texts]
        boxes += [text.get_window_extent() for text in (*figure.legends[0].texts, *figure.texts)]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:place])
            assert box.x0 >= 0
            assert box.x1 <= figure.bbox.width
            assert box.y0 >= 0


def test_weights_at_test_time_are_means_over_all_seeds(page, joint):
    axes = joined_figure.joined_panel(page.study, joint, joint.test_time)[0].axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "as it is", "mirror rows", "mirror columns", "turn 180°", "intensity scale 1.05",
    ]  # fmt: skip
    total = 0.8 + 2 * 0.2 / 62
    expected = [0.5 / total, 0.15 / total, 0.15 / total, *[0.2 / 62 / total] * 2]
    assert [points(axes, f"weight-{place}")[0][0] for place in range(5)] == pytest.approx(expected)
    starts = [0.2, 0.2, 0.2, 0.2, 0.2 / 60]
    assert [points(axes, f"start-{place}")[0][0] for place in range(5)] == pytest.approx(starts)


def test_a_course_goes_from_the_start_to_the_end(joint):
    figure = course_figure(joint, "")
    assert len(figure.axes) == len(GROUPS)
    for axes, group in zip(figure.axes, GROUPS, strict=True):
        for name in ("background", "foreground"):
            (first, begun), *_, (last, ended) = points(axes, f"course-{name}")
            assert (first, last) == (0, 256)
            assert begun == pytest.approx(1 - START[group], abs=1e-6)
            assert ended == pytest.approx(fmean(learned(name, seed)[group][0] for seed in range(SEEDS)), abs=1e-6)


def test_a_course_of_which_seeds_differ_is_not_drawn(tmp_path):
    store = write(tmp_path / "study", ("policy_learned",), seeds=2)
    for record in [record for record in store.records() if record["seed"] == 1]:
        changed = json.loads(json.dumps({key: value for key, value in record.items() if key != "checksum"}))
        told = changed["policies"]["classes"]["all"]["snapshots"]
        changed["policies"]["classes"]["all"]["snapshots"] = {group: entries[:3] for group, entries in told.items()}
        store.record_path(record["id"]).unlink()
        store.write_record(changed)
    page = Page(store.folder)
    assert not any(map(has_course, cells_of(page.study)))
    assert [block.name for block in page.all("policies", Drawing)] == [
        "probabilities of heart · nnunet · policy_learned · N = 16"
    ]


def test_sentences_say_what_changed_and_what_tells_the_classes_apart(page):
    said = page.sentences("policies")
    headings = [block.text for block in page.all("policies", Heading)]
    assert headings == [*(f"heart · nnunet · {name} · N = 16, {SEEDS} seeds" for name in CLASSES), "At test time"]
    of_joint = page.all("policies", Items)[-1].items
    assert any("foreground: in 3 of 12 groups the change is more than chance (scale -" in text for text in of_joint)
    assert any("foreground minus background, where it is more than chance: scale -0.3" in text for text in of_joint)
    assert any("a prediction joins, with their mean weights: as it is 0.62" in text for text in of_joint)
    assert any("in 256 policy updates a logit can have moved by 6.80" in text for text in of_joint)
    moved = [changes(name, group) for name in ("background", "foreground") for group in GROUPS]
    agreed = sum(len({value > 0 for value in by_seed}) == 1 for by_seed in moved)
    assert any(f"all 4 seeds moved to the same side in {agreed} of 24 groups; by chance 3.0 w" in text for text in said)
    found = [float(row["p Holm"].removeprefix("< ")) < 0.05 for row in page.table("policies", "Every policy")]
    clear, cells = sum(found), len(CLASSES) * len(SIZES)
    told = f"{clear} of {len(found)} groups of {cells} cells changed by more than chance, {clear} of these towards more"
    assert page.finding("policies") == f"{told} augmentation."


def test_panels_drawings_and_figures_are_named(page):
    assert [len(group) for block in page.all("policies", Panels) for group in block.groups] == [3, 1]
    assert page.section("policies").figures.keys() == {
        "policies_heart_nnunet", "policies_test_time_heart_nnunet_policy_joint",
        *(f"policies_pies_heart_nnunet_{name}" for name in CLASSES),
    }  # fmt: skip


def test_a_figure_for_a_paper_has_a_panel_a_strategy(page):
    figure = change_figure(page.study, drawn(cells_of(page.study)), "note")
    assert len(figure.axes) == len(CLASSES)
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    labels = [text.get_text() for text in figure.legends[0].texts]
    assert labels[:3] == ["one policy for all rows", "background", "foreground"]


def test_of_many_curves_the_first_are_drawn_and_that_is_said(tmp_path):
    many = write(tmp_path / "many", ("policy_learned",), tasks=tuple("abcdefgh"), sizes=(4,), seeds=2)
    page = Page(many.folder)
    assert len(page.all("policies", Drawing)) == 2 * MOST_DRAWN
    assert f"Drawn: {MOST_DRAWN} of 8 curves." in page.captions("policies")[0]
    assert page.table("policies", "Every policy")[-1]["task"] == "h"


def test_a_study_without_policies_has_no_such_section(tmp_path):
    plain = write(tmp_path / "plain", ("baseline", "policy_heuristic"), seeds=1)
    assert Page(plain.folder).section("policies") is None


def test_nothing_is_warned_of_where_policies_differ_and_could_move(page):
    warned = page.cautions().keys()
    assert not warned & {"policies_not_apart", "policies_cannot_move", "policies_of_few_rows"}


def test_cautions_name_policies_that_cannot_be_told_apart_or_could_not_move(tmp_path):
    flat = write(tmp_path / "flat", ("policy_joint", "policy_learned"), change=lambda *_: -0.1, beta_updates=0.25)
    cautions = Page(flat.folder).cautions()
    assert cautions["policies_not_apart"][1:] == tuple(
        f"heart · nnunet · policy_joint · N = {size}: 4 seeds, 12 groups" for size in SIZES
    )
    assert len(cautions["policies_cannot_move"][1:]) == 4
    assert cautions["policies_cannot_move"][1].endswith("a logit can have moved by 0.250")


def test_a_caution_names_more_validation_labels_than_training_labels(page):
    assert any("policy_joint: N = 4, V = 16" in place for place in page.cautions()["more_validation"][1:])


def test_one_seed_shows_nothing_by_itself(tmp_path):
    page = Page(write(tmp_path / "one", ("policy_class_specific",), seeds=1).folder)
    assert page.cautions()["policies_of_few_seeds"][1].endswith("N = 4: 1 seed")
    assert "policies_not_apart" not in page.cautions()
    assert any("one seed, and so nothing is said of chance" in text for text in page.sentences("policies"))
    (cell,) = drawn(cells_of(page.study))
    axes = change_panel(page.study, cell)[0].axes[0]
    assert not filled(mark(axes, "foreground-0"))


@pytest.mark.parametrize(("seeds", "told"), [(5, "6.25 %"), (6, "")])
def test_few_seeds_are_a_caution_until_they_seldom_agree_by_chance(tmp_path, seeds, told):
    cautions = Page(write(tmp_path / "few", ("policy_learned",), seeds=seeds, sizes=(4,)).folder).cautions()
    places = cautions.get("policies_of_few_seeds", ("",))[1:]
    assert all(told in place for place in places)
    assert bool(places) == bool(told)
