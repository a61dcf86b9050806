"""An archive writes nothing outside of its folder, nothing but files, and no more than it may; or nothing at all."""

import errno
import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest

from segaug.data.fetch import archive as unpacking
from segaug.data.fetch import members
from segaug.data.fetch.archive import unpack
from segaug.errors import DataError

FILES = {"top/a/1.txt": b"one", "top/a/2.txt": b"two", "top/b/3.txt": b"three"}
JUNK = {"__MACOSX/top/._1.txt": b"x", "top/.DS_Store": b"x", "top/a/._2.txt": b"x"}


def packed(folder, kind, files):
    place = folder / f"it.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return place
    with tarfile.open(place, "w:gz" if kind.endswith("gz") else "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return place


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(place, told):
    with pytest.raises(DataError, match=told):
        unpack(place, place.parent / "new")
    assert {path.name for path in place.parent.iterdir()} == {place.name}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz"])
def test_what_all_files_share_of_their_paths_is_left_away_and_so_is_what_macos_adds(kind, tmp_path):
    unpack(packed(tmp_path, kind, FILES | JUNK), tmp_path / "new")
    assert tree(tmp_path / "new") == {"a/1.txt": b"one", "a/2.txt": b"two", "b/3.txt": b"three"}


def test_files_at_the_top_stay_there(tmp_path):
    unpack(packed(tmp_path, "zip", {"1.txt": b"one", "a/2.txt": b"two"}), tmp_path / "new")
    assert set(tree(tmp_path / "new")) == {"1.txt", "a/2.txt"}


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/out.txt", "C:/out.txt", "a\\out.txt", "a/b\n.txt"])
def test_a_path_that_leads_elsewhere_refuses_the_whole_archive(kind, name, tmp_path):
    refused(packed(tmp_path, kind, {**FILES, name: b"x"}), "a path that leads elsewhere or is none")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a", "A/b"], "in a folder that is a file, too"),
        (["a/b", "a"], "holds 'a' twice"),
        (["a" * 256], "a name of more than 255 bytes"),
        (["é" * 128], "a name of more than 255 bytes"),
        (["a\u202eb"], "of letters that cannot be shown as they are"),
        (["a\u200bb"], "of letters that cannot be shown as they are"),
        (["a\x85b"], "of letters that cannot be shown as they are"),
    ],
)
def test_names_that_no_disk_or_no_eye_takes_are_refused(names, told, tmp_path):
    refused(packed(tmp_path, "zip", dict.fromkeys(names, b"x")), told)


def test_a_dot_is_no_file_and_bytes_that_are_no_text_are_no_name(tmp_path):
    refused(packed(tmp_path, "zip", {**FILES, ".": b"x"}), "a path that leads elsewhere or is none")
    (tmp_path / "it.zip").unlink()
    refused(packed(tmp_path, "tar", {**FILES, "a\udcff": b"x"}), "of letters that cannot be shown as they are")


def test_folders_that_paths_name_are_counted_too(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST_MEMBERS", 3)
    refused(packed(tmp_path, "zip", {"a/b/c/d.txt": b"x"}), "holds more than 3 files and folders")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_two_files_of_one_name_are_refused(kind, tmp_path):
    refused(packed(tmp_path, kind, {"a/1.txt": b"x", "A/1.TXT": b"y"}), "twice, in one spelling or another")
    (tmp_path / f"it.{kind}").unlink()
    refused(packed(tmp_path, kind, {"a": b"x", "a/": b""} if kind == "zip" else {"a": b"x", "./a": b"y"}), "twice")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_member_of_a_tar_that_is_no_file_is_refused(kind, tmp_path):
    place = packed(tmp_path, "tar", FILES)
    with tarfile.open(place, "a") as archive:
        entry = tarfile.TarInfo("top/link")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    refused(place, "'top/link', which is (a link|no regular file)")


@pytest.mark.parametrize(("kind", "told"), [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "no regular file")])
def test_a_member_of_a_zip_that_is_no_file_is_refused(kind, told, tmp_path):
    place = packed(tmp_path, "zip", FILES)
    with zipfile.ZipFile(place, "a") as archive:
        entry = zipfile.ZipInfo("top/link")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    refused(place, f"'top/link', which is {told}")


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_is_refused_before_a_byte_is_written(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(members, "FREE_BYTES", 1000)
    monkeypatch.setattr(unpacking, "_write", None)
    refused(packed(tmp_path, kind, {"zeros": bytes(3_000_000)}), "would unpack to more than")


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST_MEMBERS", 2)
    refused(packed(tmp_path, "zip", FILES), "holds more than 2 files")


def test_a_header_that_claims_gigabytes_is_not_read(tmp_path):
    entry = tarfile.TarInfo("././@LongLink")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    (tmp_path / "it.tar").write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + bytes(20_000))
    refused(tmp_path / "it.tar", "a header claims 8,589,934,592 bytes")


def test_a_size_that_is_not_true_is_refused(tmp_path):
    place = packed(tmp_path, "zip", {"a/1.txt": b"x" * 5000, "a/2.txt": b"y"})
    content = bytearray(place.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")  # unpacked bytes, in the list at the end
    place.write_bytes(content)
    refused(place, "cannot be unpacked")


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_damaged_archive_leaves_nothing(kind, tmp_path):
    place = packed(tmp_path, kind, {f"a/{each}": os.urandom(2000) for each in range(20)})
    content = place.read_bytes()
    place.write_bytes(content[: len(content) // 2] + bytes(500) + content[len(content) // 2 + 500 :])
    refused(place, "cannot be unpacked")
    place.write_bytes(content[:-600])
    refused(place, "cannot be unpacked")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_members_are_a_matter_of_the_archive_whatever_packed_them(method, tmp_path):
    with zipfile.ZipFile(tmp_path / "it.zip", "w", method) as archive:
        archive.writestr("a/1.txt", os.urandom(5000))
    content = bytearray((tmp_path / "it.zip").read_bytes())
    content[50:2000] = b"\xff" * 1950
    (tmp_path / "it.zip").write_bytes(content)
    refused(tmp_path / "it.zip", r"it\.zip: cannot be unpacked")


def test_a_full_disk_leaves_nothing_and_an_earlier_kill_is_cleared(tmp_path, monkeypatch):
    place = packed(tmp_path, "zip", FILES)
    real = unpacking._write

    def full(opened, member, at):
        if member.name.endswith("3.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(opened, member, at)

    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "_write", full)
        refused(place, "No space left on device")
    (tmp_path / ".new.unpacking").mkdir()
    (tmp_path / ".new.unpacking/half.txt").write_bytes(b"h")
    unpack(place, tmp_path / "new")
    assert set(tree(tmp_path / "new")) == {"a/1.txt", "a/2.txt", "b/3.txt"}
    assert {path.name for path in tmp_path.iterdir()} == {"it.zip", "new"}


def test_more_than_the_disk_holds_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 5}))
    refused(packed(tmp_path, "zip", FILES), "unpacks to 11 bytes, and 5 are free")


def test_a_gzip_of_something_else_is_no_archive(tmp_path):
    (tmp_path / "it.tar.gz").write_bytes(gzip.compress(b"hello"))
    refused(tmp_path / "it.tar.gz", "cannot be unpacked")
