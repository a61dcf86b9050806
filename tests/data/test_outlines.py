"""A contour becomes the pixels whose centres lie inside, and what is doubtful is refused by name."""

import numpy as np
import pytest

from segaug.data.outlines import Drawing, Outline, Runs
from segaug.errors import ConfigError, DataError

SHAPE = (10, 12)
SQUARE = [(2, 3), (2, 8), (6, 8), (6, 3)]  # (row, column) of its corners


def covered(points, shape=SHAPE, **options):
    return Outline("a", np.array(points, float)).covers(Drawing(**options), shape, "file")


def test_a_pixel_is_inside_if_its_centre_is():
    expected = np.zeros(SHAPE, bool)
    expected[2:6, 3:8] = True
    np.testing.assert_array_equal(covered(SQUARE), expected)
    np.testing.assert_array_equal(covered(SQUARE[::-1]), expected)
    np.testing.assert_array_equal(covered(np.array(SQUARE) + np.array([0.4, -0.4])), expected)
    np.testing.assert_array_equal(covered(np.array(SQUARE) - 0.5, pixel_centre=0.0), expected)
    assert not covered([(2.6, 3.6), (2.6, 4.4), (3.4, 4.4), (3.4, 3.6)]).any()  # between four centres


def test_what_matplotlib_finds_inside_is_found_where_no_centre_lies_on_a_line():
    from matplotlib.path import Path

    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = 20 + 6 * np.sin(5 * angle)
    star = np.stack([30.123 + radius * np.sin(angle), 28.71 + radius * np.cos(angle)], axis=1)
    centres = np.stack(np.mgrid[:60, :50], axis=-1).reshape(-1, 2) + 0.5
    inside = Path(np.vstack([star, star[:1]]), closed=True).contains_points(centres).reshape(60, 50)
    np.testing.assert_array_equal(covered(star, (60, 50), outside="clip"), inside)


def test_neighbours_leave_no_gap_and_do_not_overlap_even_where_centres_lie_on_their_lines():
    corners = np.array([(0, 0), (0, 10), (10, 10), (10, 0)], float)
    rng = np.random.default_rng(0)
    for middle in rng.integers(1, 9, (50, 2)) + rng.choice([0, 0.5], (50, 2)):
        parts = [covered([corners[at], corners[at - 1], middle], (10, 10)) for at in range(4)]
        np.testing.assert_array_equal(sum(map(np.int64, parts)), 1)


@pytest.mark.parametrize(("beyond", "clipped"), [(0.9, False), (1.1, True), (500, True)])
def test_a_contour_that_leaves_the_image_is_refused_and_clipped_on_demand(beyond, clipped):
    over = [(2, 3), (2, 12 + beyond), (6, 12 + beyond), (6, 3)]
    if clipped:
        with pytest.raises(DataError, match=r"file: has a contour of a that leaves the image by .*outside=clip"):
            covered(over)
    expected = np.zeros(SHAPE, bool)
    expected[2:6, 3:] = True
    np.testing.assert_array_equal(covered(over, outside="clip"), expected)


LOOPS = {
    "bow tie": [(1, 1), (9, 11), (9, 1), (1, 11)],
    "loop inside": [(0, 0), (0, 12), (10, 12), (10, 0), (2, 0), (2, 6), (6, 6), (6, 3), (1, 3), (1, 0)],
    "twice around": [*SQUARE, *SQUARE],
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_contour_that_crosses_itself_is_refused_and_filled_on_demand(name):
    with pytest.raises(DataError, match=r"file: has a contour of a that crosses itself; .*crossing=fill"):
        covered(LOOPS[name])
    filled = covered(LOOPS[name], crossing="fill")
    if name == "twice around":
        np.testing.assert_array_equal(filled, covered(SQUARE))
    assert filled.any()


@pytest.mark.parametrize("points", [[], SQUARE[:2], [*SQUARE, (np.nan, 1)], [*SQUARE, (1e300, 1)]])
def test_what_is_no_contour_is_refused(points):
    with pytest.raises(DataError, match="fewer than 3 points, or points that lie nowhere"):
        covered(np.array(points, float).reshape(-1, 2), outside="clip")


def test_a_contour_that_would_take_for_ever_is_refused():
    zigzag = np.stack([np.tile([0.0, 8_000.0], 10_000), np.arange(20_000) / 2_000], axis=1)
    with pytest.raises(DataError, match="goes up and down too often"):
        covered(zigzag, (8_000, 12))


def test_structures_get_values_in_order_and_holes_are_of_their_own_structure():
    hole = [(3, 4), (3, 6), (5, 6), (5, 4)]
    shapes = [
        Outline("b", np.array(hole, float), hole=True),
        Outline("a", np.array(hole, float)),
        Outline("b", np.array(SQUARE, float)),
    ]
    mask = Drawing().mask(shapes, ["a", "b", "c"], SHAPE, "file")
    assert mask[3:5, 4:6].tolist() == [[1, 1], [1, 1]]
    assert [(mask == value).sum() for value in range(4)] == [100, 4, 16, 0]


def test_structures_that_overlap_are_refused_and_the_last_wins_on_demand():
    shapes = [Outline("a", np.array(SQUARE, float)), Outline("b", np.array(SQUARE, float) + np.array([1, 0]))]
    with pytest.raises(DataError, match=r"file: has b and a in 15 pixels at once; .*overlap=last"):
        Drawing().mask(shapes, ["a", "b"], SHAPE, "file")
    mask = Drawing(overlap="last").mask(shapes, ["a", "b"], SHAPE, "file")
    assert [(mask == value).sum() for value in (1, 2)] == [5, 20]
    with pytest.raises(DataError, match="claims an image of"):
        Drawing().mask([], ["a"], (10**9, 10**9), "file")


def test_runs_go_down_the_columns():
    found = Runs("a", np.array([1, 6]), np.array([2, 3])).covers(Drawing(), (3, 4), "file")
    assert found.astype(int).tolist() == [[0, 0, 1, 0], [1, 0, 1, 0], [1, 0, 1, 0]]


@pytest.mark.parametrize(
    ("starts", "lengths", "told"),
    [([10], [3], "leave the image"), ([-1], [3], "leave the image"), ([0, 1], [2, 2], "overlap or are out of order"),
     ([1], [2**63 - 1], "leave the image")],
)  # fmt: skip
def test_runs_that_fit_no_image_are_refused(starts, lengths, told):
    with pytest.raises(DataError, match=told):
        Runs("a", np.array(starts), np.array(lengths)).covers(Drawing(), (3, 4), "file")


@pytest.mark.parametrize("options", [{"outside": "cut"}, {"crossing": ""}, {"overlap": "first"}, {"pixel_centre": 2.0}])
def test_choices_are_checked(options):
    (key,) = options
    with pytest.raises(ConfigError, match=rf"dataset\.drawing\.{key}: got"):
        Drawing(**options)
