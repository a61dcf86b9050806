"""Cases that are made of several files: a decoded copy is theirs only as long as none of them changes."""

from pathlib import Path

import pytest

from segaug.data.cache import cache_name
from segaug.data.cases import FileCase


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
