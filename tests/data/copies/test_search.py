import numpy as np
import pytest

from segaug.data.copies.search import find_copies, near_copies
from tests.data.copies.planted import MIRRORING, WAYS, drawn

pytest.importorskip("cv2")


@pytest.fixture(scope="module")
def found():
    """What is found among three pictures, one of them with a copy of each kind; the way to each is its key."""
    images = [drawn(0), drawn(1), drawn(2), *(way(drawn(0)) for way in WAYS.values())]
    pairs = {pair.places: pair for pair in near_copies(images)}
    return {way: pairs.get((0, place)) for place, way in enumerate(WAYS, 3)}, pairs, images


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_is_found_with_its_evidence(found, way):
    pair = found[0][way]
    assert pair is not None
    assert pair.correlation > 0.6
    assert pair.inliers >= 8
    assert pair.mirrored == (way in MIRRORING)


def test_other_pictures_are_no_copies(found):
    assert not [places for places in found[1] if places[0] in (1, 2) or places[1] in (1, 2)]


@pytest.mark.parametrize(
    ("way", "row", "column", "scale", "angle_deg"),
    [
        ("again", 60, 50, 1, 0),
        ("mirrored", 60, 49, 1, 0),
        ("upside down", 59, 50, 1, 180),
        ("turned", 49, 60, 1, 90),
        ("half", 29.75, 24.75, 2, 0),
        ("cropped", 45, 45, 1, 0),
    ],
)
def test_the_transform_takes_stored_pixels_of_the_copy_to_those_of_the_first(found, way, row, column, scale, angle_deg):
    pair = found[0][way]
    x, y = np.array(pair.transform) @ (column, row, 1)
    assert (x, y) == pytest.approx((50, 60), abs=0.5)
    assert pair.scale == pytest.approx(scale, rel=0.02)
    assert np.cos(np.radians(pair.angle_deg - angle_deg)) == pytest.approx(1, abs=0.001)


def test_overlap_is_of_the_smaller_image(found):
    assert found[0]["cropped"].overlap == pytest.approx(1, abs=0.02)


def test_a_search_again_finds_the_same(found):
    again = near_copies(found[2])
    assert again == [found[1][places] for places in sorted(found[1])]


def test_what_is_alike_but_for_details_is_no_copy():
    """As neighbouring slices are: one anatomy, and noise of either's own."""
    rng = np.random.default_rng(0)
    anatomy = np.add.outer(np.sin(np.arange(120) / 9), np.cos(np.arange(100) / 7)) * 40 + 128
    one, other = (np.uint8(np.clip(anatomy + rng.normal(scale=25, size=anatomy.shape), 0, 255)) for _ in range(2))
    assert near_copies([one, other]) == []


def test_pictures_that_show_nothing_are_named_and_never_copies():
    strange = [np.zeros((40, 30)), np.full((40, 30), np.nan), np.full((64, 64), 7, np.uint16), np.ones((1, 500))]
    found = find_copies([*strange, drawn(0)])
    assert found.pairs == []
    assert found.featureless == [0, 1, 2, 3]


def test_no_image_and_one_image_have_no_copies():
    assert near_copies([]) == near_copies([drawn(0)]) == []


def test_images_are_asked_for_once_and_progress_is_told():
    asked, told = [], []

    class Lazy(list):
        def __getitem__(self, place):
            asked.append(place)
            return super().__getitem__(place)

    near_copies(Lazy([drawn(0), drawn(0)]), lambda *words: told.append(words))
    assert asked == [0, 1]
    assert told[:2] == [("reading images", 1, 2), ("reading images", 2, 2)]
    assert told[-1] == ("comparing pairs", len(told) - 2, len(told) - 2)
