import os

import pytest

from segaug.files import create_folder, write_atomic


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


def test_a_new_folder_is_whole(tmp_path):
    create_folder(tmp_path / "new", [("a.txt", b"1"), ("in/b.txt", b"2")])
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.txt")} == {"new/a.txt", "new/in/b.txt"}
    assert (tmp_path / "new/in/b.txt").read_bytes() == b"2"


def test_a_folder_whose_files_cannot_all_be_made_is_not_there(tmp_path):
    def files():
        yield "a.txt", b"1"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_folder(tmp_path / "new", files())
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_taken_meanwhile_is_left_as_it_is(tmp_path):
    def files():
        yield "a.txt", b"1"
        (tmp_path / "new").mkdir()

    with pytest.raises(FileExistsError):
        create_folder(tmp_path / "new", files())
    assert [path.name for path in tmp_path.rglob("*")] == ["new"]
