"""Cases that are made of several files: a decoded copy is theirs only as long as none of them changes."""

from pathlib import Path

import pytest

from segaug.data.cache import contents
from segaug.data.cases import FileCase
from segaug.data.place import MAX_FILE_BYTES
from segaug.errors import DataError
from tests.data.entry import cache_name


@pytest.fixture
def case(tmp_path):
    def make(**options: object) -> FileCase:
        names = {"image_file": "image", "mask_file": "mask", "more_files": ("next",), "more_masks": ("other",)}
        files = {key: _paths(tmp_path, name) for key, name in names.items()}
        return FileCase(id="a", patient="a", location="a", read_image=None, read_mask=None, **{**files, **options})

    for name in ("image", "mask", "next", "other"):
        (tmp_path / name).write_text(name)
    return make


def _paths(folder: Path, names: str | tuple[str, ...]) -> Path | tuple[Path, ...]:
    return folder / names if isinstance(names, str) else tuple(folder / name for name in names)


@pytest.mark.parametrize("name", ["image", "mask", "next", "other"])
def test_each_file_of_a_case_is_in_its_name(case, tmp_path, name):
    before = cache_name([case()], [], {}, ())
    (tmp_path / name).write_text("changed")
    assert cache_name([case()], [], {}, ()) != before


def test_no_mask_of_an_external_image_is_opened(case, tmp_path):
    before = cache_name([case()], [0], {}, ())
    for name in ("mask", "other"):
        (tmp_path / name).unlink()
    assert cache_name([case()], [0], {}, ()) == before


def test_what_is_read_of_a_file_is_in_its_name(case):
    names = [cache_name([case(reading=reading)], [], {}, ()) for reading in ("", "slice 1", "slice 2")]
    assert len(set(names)) == len(names)


def test_only_files_that_are_read_in_part_may_be_larger_than_an_image(case, tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole, which takes no room

    def asked(of: FileCase) -> list[int]:
        bounds = []
        contents([of], [], lambda path, at_most: bounds.append(at_most) or "")
        return bounds

    assert set(asked(case(image_file=large, reading="masks of a and b"))) == {MAX_FILE_BYTES}
    assert min(asked(case(image_file=large, reading="slice 1", in_parts=True))) > MAX_FILE_BYTES
    with pytest.raises(DataError, match="too large to read safely"):
        cache_name([case(image_file=large, reading="masks of a and b")], [], {}, ())
