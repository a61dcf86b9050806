"""Real pictures: copies that are planted in four sets, and the set whose copies are known."""

import csv
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from segaug.data.copies.search import near_copies
from tests.data.copies.planted import WAYS, as_jpeg, brighter, cropped, resized

pytest.importorskip("cv2")

SETS = ("us_breast_busi", "mri_cardiac_sunnybrook", "photo_foot_ulcer_fuseg", "cell_wbc_tecom", "mri_hippocampus_msd")
MOST = {name: WAYS[name] for name in ("mirrored", "half", "larger", "cropped", "JPEG", "brighter")}


def pictures(root, ids):
    return [np.asarray(Image.open(root / "images" / f"{name}.png").convert("L")) for name in ids]


def rows(root):
    with (root / "items.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_planted_copies_are_found_and_few_others(public_data, name):
    """Eight pictures among forty, each filed once more in six ways; a lone miss of a tiny picture is allowed."""
    root = public_data / name
    table = rows(root)
    chosen = [table[at] for at in np.linspace(0, len(table) - 1, 40).round().astype(int)]
    images = pictures(root, [row["id"] for row in chosen])
    originals = range(0, 40, 5)
    planted = {(at, 40 + place * len(MOST) + way) for place, at in enumerate(originals) for way in range(len(MOST))}
    images += [way(images[at]) for at in originals for way in MOST.values()]
    found = {pair.places for pair in near_copies(images)}
    assert len(found & planted) >= len(planted) - 1
    known = {at for at, row in enumerate(chosen) if row.get("dup_group")}
    assert not {pair for pair in found if max(pair) < 40 and not set(pair) <= known}


@pytest.mark.slow
def test_the_known_copies_of_a_set_are_found(public_data):
    """The first 60 images of its known groups, and 60 of the others."""
    root = public_data / "us_breast_busi"
    table = rows(root)
    grouped = sorted((row for row in table if row["dup_group"]), key=lambda row: row["dup_group"])[:60]
    chosen = grouped + [row for row in table if not row["dup_group"]][:60]
    known = {
        (one, two) for one, two in combinations(range(60), 2) if chosen[one]["dup_group"] == chosen[two]["dup_group"]
    }
    found = {pair.places for pair in near_copies(pictures(root, [row["id"] for row in chosen]))}
    assert len(found & known) >= 0.95 * len(known)
    assert len(found - known) <= 0.1 * len(known)


def test_a_real_picture_is_found_again(public_data):
    root = public_data / "us_breast_busi"
    first, other = pictures(root, ["benign_001", "normal_100"])
    copy = as_jpeg(resized(cropped(brighter(np.fliplr(first))), 0.7))
    assert [(pair.places, pair.mirrored) for pair in near_copies([first, other, copy])] == [((0, 2), True)]
