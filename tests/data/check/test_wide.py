"""What the check says of images of more than 8 bits."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from segaug.data.check.check import check
from segaug.data.rules.intensity import Intensity
from segaug.data.task import SplitSizes


@pytest.fixture
def wide(root):
    """Twelve of the 24 images have 16 bits."""
    for path in sorted((root / "images").iterdir())[::2]:
        Image.fromarray(np.asarray(Image.open(path)).astype(np.uint16) * 16).save(path)


def about_bits(report) -> list[str]:
    return [note for note in report.notes if "8 bits" in note]


def test_the_range_of_images_of_more_than_8_bits_is_said_once(folder, wide):
    (note,) = about_bits(check(folder()))
    assert note.startswith("12 of 24 images have more than 8 bits: grey values from percentile 0.5 to 99.5 of each")
    assert about_bits(check(folder(intensity=Intensity(how="minmax")))) == []


def test_nothing_is_said_of_8_bits(folder):
    assert about_bits(check(folder())) == []


def test_what_has_no_range_is_a_problem_said_once(folder, wide):
    (problem,) = check(folder(rescale=False)).problems
    assert "11 more: has more than 8 bits per channel (uint16)" in problem


def test_ct_without_a_window_is_a_problem_of_the_set(folder, monkeypatch):
    kind = type(folder())
    cases = [dataclasses.replace(case, unit="HU") for case in folder().cases()]
    monkeypatch.setattr(kind, "cases", lambda _: cases)
    (problem,) = check(folder()).problems
    assert "Hounsfield" in problem
    assert check(folder(intensity=Intensity(window=[0, 200]))).problems == ()


def test_shares_at_size_follow_the_way_of_resizing(folder):
    shares = {
        resize: check(folder(mask_resize=resize, size=7, split=SplitSizes(min_validation=2)))
        .cases[0]
        .foreground_at_size
        for resize in ("nearest", "area")
    }
    assert shares["nearest"] != shares["area"]
