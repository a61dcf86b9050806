import os

import pytest

from segaug.files import write_atomic


def test_folders_are_made_and_old_content_is_replaced(tmp_path):
    path = tmp_path / "a/b/file"
    for data in (b"old", b"new"):
        write_atomic(path, data)
        assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_interrupted_write_leaves_the_old_content_and_no_part(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
