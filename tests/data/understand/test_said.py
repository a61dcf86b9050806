"""What is said with --set is checked before it is used, and its key is named."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segaug.data.understand.built import built, typed
from segaug.data.understand.found import Wishes
from segaug.data.understand.proposal import understand
from segaug.errors import ConfigError


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("size", "big", "a whole number"),
        ("intensity", "minmax", "intensity.how"),
        ("split", 3, "split.test_share"),
        ("split", None, "split.test_share"),
        ("structures", "x", "a mapping"),
        ("graders", ["a", "b"], "a mapping"),
        ("where", "x", "a mapping"),
        ("images", ["a"], "a text"),
        ("pixel_mm", "x", "a number"),
        ("above_zero", "x", "true or false"),
        ("nothing", 1, "choose from"),
    ],
)
def test_a_value_of_another_type_is_named_by_its_key(key: str, value: object, fix: str) -> None:
    with pytest.raises(ConfigError, match=f"--set {key}: .*{fix}"):
        typed("folder", {key: value})


@pytest.mark.parametrize(
    ("inner", "value", "fix"), [("test_shar", 0.2, "choose from"), ("min_validation", "four", "a whole number")]
)
def test_so_is_an_inner_one(inner: str, value: object, fix: str) -> None:
    with pytest.raises(ConfigError, match=rf"--set split\.{inner}: (got 'four'|there is no).*{fix}"):
        typed("folder", {"split": {inner: value}})


def test_what_no_data_set_can_be_made_of_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"--set.*correct what was set"):
        built("folder", {"images": "${x}"})
    with pytest.raises(ConfigError, match=r"dataset\.masks: got \{'a': 5\}; use a folder"):
        built("folder", {"masks": {"a": 5}})


def test_numbers_become_texts_and_parts_become_objects() -> None:
    assert typed("folder", {"images": 5, "split": {"max_external": 0}}) == {"images": "5", "split": {"max_external": 0}}
    outlines = built("contours", {"categories": ["a"], "drawing": {"outside": "clip"}})
    assert callable(outlines.drawing.mask)  # type: ignore[attr-defined]


def test_it_is_checked_before_anything_is_listed(tmp_path: Path) -> None:
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / folder / "a.png")
    with pytest.raises(ConfigError, match="--set graders"):
        understand(tmp_path, Wishes(name="mine", options={"graders": ["a", "b"]}))
