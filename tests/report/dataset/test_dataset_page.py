"""The page about a data set: what masks hold is seen, and everything stands in one file."""

import io

import numpy as np
import pytest
from PIL import Image

from segaug.report.dataset.dataset_page import write_dataset_page
from segaug.report.dataset.looked_at import Case, CopyPair, LookedAt, NearCopies, Part, Site
from segaug.report.dataset.tiles import GROUND, STRIPE, filled, outlined, strip_png
from segaug.report.look.pictures import OUTLINE

ORANGE = tuple(bytes.fromhex(OUTLINE[1:]))


@pytest.fixture
def mask():
    """A disc, in no symmetry with its complement."""
    return np.hypot(*np.mgrid[-10:20, -12:18]) < 7


def test_a_mask_and_its_complement_are_told_apart_by_what_is_filled(mask):
    pixels = filled(mask[None])
    assert tuple(pixels[10, 12]) == ORANGE
    assert tuple(pixels[0, 0]) == GROUND
    np.testing.assert_array_equal((filled(~mask[None]) == ORANGE).all(axis=2), ~mask)


def test_the_outline_lies_inside_of_the_mask_and_leaves_the_rest_of_the_image(mask):
    grey = np.full((*mask.shape, 3), 90, np.uint8)
    drawn = (outlined(grey, mask[None]) != grey).any(axis=2)
    assert drawn.any()
    assert not drawn[~mask].any()
    assert not drawn[10, 12]


def test_what_counts_for_nothing_is_hatched_and_named(mask, tmp_path):
    rim = np.roll(mask, 10, axis=1) & ~mask
    pixels = filled(mask[None], rim)
    striped = (pixels == STRIPE).all(axis=2)
    assert 0.3 < striped[rim].mean() < 0.7
    assert not striped[~rim].any()
    image = np.zeros((1, *mask.shape), np.float32)
    sites = (Site("", 1, 1, (30, 30), (30, 30), None, [0.1], np.arange(9)),)
    cases = (Case("a", "pool", image, mask[None], rim),)
    looked = LookedAt("mine", 64, ("lesion",), cases, sites, (), {"lesion": [0.1]}, (), (), NearCopies(""))
    assert "ignored: counts for nothing" in write_dataset_page(looked, tmp_path)[0].read_text()


@pytest.mark.parametrize("channels", [1, 3])
def test_structures_keep_their_colours_in_the_picture_of_any_image(mask, channels):
    image = np.random.default_rng(0).random((channels, *mask.shape)).astype(np.float32)
    picture = Image.open(io.BytesIO(strip_png(Case("a", "pool", image, mask[None])))).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert {ORANGE, GROUND} <= colours
    alone = Image.open(io.BytesIO(strip_png(Case("a", "pool", image, None))))
    assert alone.width < picture.width / 2


def test_the_page_holds_cases_sizes_and_what_the_check_says(mask, tmp_path):
    image = np.random.default_rng(0).random((1, *mask.shape)).astype(np.float32)
    sites = [
        Site(name, 2, 1, (30, 30), (30, 41), (0.5, 0.7), [0.1, 0.2], np.arange(9)) for name in ("north", "<south>")
    ]
    looked = LookedAt(
        name="mine",
        size=64,
        structures=("lesion",),
        cases=(Case("a<b", "pool, 10 %, blank", image, mask[None]), Case("c", "test", image, None)),
        sites=tuple(sites),
        parts=(Part("test", 1, 1, 0.1, 0.09), Part("external", 1, 1, None, None)),
        shares={"lesion": [0.1, 0.2]},
        problems=("x.png: is <broken>; mend it",),
        notes=("1 of 4 images: blank",),
        copies=NearCopies("One pair.", (CopyPair(*(Case(name, "x", image, None) for name in "de"), "scale < 1"),)),
    )
    page, sheet = write_dataset_page(looked, tmp_path / "new" / "folder")
    html = page.read_text()
    for words in ("a&lt;b: pool, 10 %, blank", "is &lt;broken&gt;", "1 of 4 images: blank", "&lt;south&gt;", "30–41",
                  "0.5–0.7", "15.00 %", "9.00 %", "One pair.", "d and e: scale &lt; 1"):  # fmt: skip
        assert words in html
    assert html.count("data:image/png;base64,") == 4
    assert "counts for nothing" not in html
    assert "http" not in html.replace("http://www.w3.org", "")
    assert Image.open(sheet).width > 900
