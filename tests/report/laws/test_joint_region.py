"""Exponent and floor together: contours of what the data accept, the best law inside, laws of resampled seeds."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from segaug.report.laws.joint_region import MOST_DRAWS, joint_panel, joint_signs
from segaug.report.look.palette import look
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from tests.report.drawn import colour, contours, points_of, wears
from tests.report.marked_study import FLAT, KEPT, LUNG, VAGUE
from tests.report.odd_studies import Odd

Panel = tuple[Axes, Axes]  # exponent and share of the floor; the floor itself


pytestmark = pytest.mark.usefixtures("theme")


def panel_of(study: Study, strategy: str) -> Panel:
    curve, fit = next((curve, fit) for curve, fit in study.laws if tuple(curve.key) == (*LUNG, strategy))
    with themed():
        axes, right = joint_panel(study, curve, fit).axes
    return axes, right


@pytest.fixture(scope="module")
def panels(marked: Study) -> dict[str, Panel]:
    return {strategy: panel_of(marked, strategy) for strategy in (KEPT, VAGUE, FLAT)}


def signs(axes: Axes) -> list[tuple[float, float]]:
    return [point for line in axes.lines for point in points_of(line)]


@pytest.mark.parametrize("strategy", [KEPT, VAGUE])
def test_the_best_law_is_where_exponent_and_share_of_the_floor_meet(
    marked: Study, panels: dict[str, Panel], strategy: str
) -> None:
    axes, _ = panels[strategy]
    law = marked.laws_of(*LUNG)[strategy].law
    np.testing.assert_allclose(signs(axes), [(law.b, law.c / (law.a * 64**-law.b + law.c))])
    assert wears(axes.lines[0], strategy)
    assert axes.get_xlim()[0] < law.b < axes.get_xlim()[1]


def test_a_law_without_a_decay_has_no_exponent_to_mark(panels: dict[str, Panel]) -> None:
    assert not signs(panels[FLAT][0])


@pytest.mark.parametrize("strategy", [KEPT, VAGUE])
def test_contours_are_at_half_and_at_95_per_cent_around_the_best(
    marked: Study, panels: dict[str, Panel], strategy: str
) -> None:
    axes, _ = panels[strategy]
    fit = marked.laws_of(*LUNG)[strategy].default
    filled, outlined = contours(axes)
    limits = [fit.joint_level(level) - fit.profile.rss for level in (0.5, 0.95)]
    assert list(filled.levels) == pytest.approx([0, *limits])
    assert list(outlined.levels) == pytest.approx(limits)
    region = fit.joint_region()
    for limit, path in zip(limits, outlined.get_paths(), strict=True):
        b, share = path.vertices.T
        accepted = region.rss - fit.profile.rss <= limit
        accepted_b = region.b[accepted.any(axis=1)]
        step = np.diff(region.b).max()
        assert b.min() == pytest.approx(accepted_b.min(), abs=2 * step)
        assert b.max() == pytest.approx(accepted_b.max(), abs=2 * step)
        assert 0 <= share.min() <= share.max() <= 1
    low, high = axes.get_xlim()
    outer = outlined.get_paths()[-1].vertices[:, 0]
    assert low < outer.min() < outer.max() < high


def test_laws_of_resampled_seeds_are_points_where_they_decay(marked: Study, panels: dict[str, Panel]) -> None:
    for strategy, (axes, _) in panels.items():
        laws = marked.curves_of(*LUNG)[strategy].seed_laws
        assert laws is not None
        (cloud,) = (marks for marks in axes.collections if isinstance(marks, PathCollection))
        falling = [law for law in map(laws.__getitem__, range(len(laws))) if law.a > 0][:MOST_DRAWS]
        expected = [(law.b, law.c / (law.a * 64**-law.b + law.c)) for law in falling]
        np.testing.assert_allclose(points_of(cloud), np.array(expected).reshape(-1, 2))
        assert colour(cloud) == look(strategy).light
        assert len(falling) <= MOST_DRAWS < len(laws)


def test_the_right_axis_is_the_floor_that_a_share_stands_for(marked: Study, panels: dict[str, Panel]) -> None:
    axes, right = panels[KEPT]
    law = marked.laws_of(*LUNG)[KEPT].law
    error = law.a * 64**-law.b + law.c
    assert right.get_ylim() == pytest.approx(tuple(error * end for end in axes.get_ylim()))
    assert right.get_ylabel() == f"c, if E(Nmax) = {error:.3g}"
    assert axes.get_ylim()[0] < 0 < 1 < axes.get_ylim()[1]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("exponent b", "floor share φ = c / E(Nmax)")
    assert axes.get_title(loc="left").replace(" ·\n", " · ") == f"lung · nnunet · {KEPT}"


def test_where_nothing_says_how_precise_the_means_are_every_pair_is_inside(tmp_path: Path) -> None:
    study = load_study(Odd(sizes=(4, 8, 16), seeds=1, strategies=(KEPT,)).write(tmp_path).folder)
    axes, _ = joint_panel(study, *study.laws[0]).axes
    assert not contours(axes)
    (shade,) = axes.patches
    assert (shade.get_y(), shade.get_height()) == (0, 1)


def test_the_legend_tells_the_inner_region_by_its_strength() -> None:
    inner, outer, *_ = joint_signs()
    assert (inner.get_label(), outer.get_label()) == ("50 % region", "95 % region")
    assert inner.get_alpha() > outer.get_alpha()
