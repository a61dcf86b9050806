"""A file with two suffixes is told with both."""

from pathlib import Path

import pytest

from segaug.data.readers import read_image
from segaug.data.suffix import stem_of, suffix_of
from segaug.errors import DataError


@pytest.mark.parametrize(
    ("name", "stem", "suffix"), [("a.nii.gz", "a", ".nii.gz"), ("b.c.png", "b.c", ".png"), ("d.tar.gz", "d.tar", ".gz")]
)
def test_compressed_volumes_have_two(name, stem, suffix):
    assert (stem_of(Path(name)), suffix_of(Path(name))) == (stem, suffix)


def test_it_is_told_with_both(tmp_path):
    file = tmp_path / "a.nii.gz"
    file.write_bytes(b"\x1f\x8b")
    with pytest.raises(DataError, match=r"has the unknown suffix '\.nii\.gz'"):
        read_image(file)
