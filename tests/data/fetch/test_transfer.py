"""Whatever the network and the disk do, no file has its name before its bytes are those that were published."""

import errno
import os
import socket
import ssl
from http.client import InvalidURL
from pathlib import Path
from urllib.error import URLError

import pytest

from segaug.data.download import Download
from segaug.data.fetch import part
from segaug.data.fetch.transfer import transfer
from segaug.errors import ConfigError, DataError
from tests.data.fetch.served import WEB, serving

CONTENT = bytes(range(256)) * 1000


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


def fetched(served, place, content=CONTENT, web=WEB):
    transfer(served.offered(content), place, web, lambda *_: None)
    return place.read_bytes()


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


def test_a_file_comes_whole_and_is_not_asked_for_again(tmp_path):
    told = []
    with serving(CONTENT) as served:
        place = tmp_path / "a.zip"
        transfer(served.offered(), place, WEB, lambda *words: told.append(words))
        assert place.read_bytes() == CONTENT
        assert fetched(served, place) == CONTENT
    assert served.asked == [""]
    assert told[-1] == ("a.zip", len(CONTENT), len(CONTENT))
    assert left(tmp_path) == {"a.zip"}


@pytest.mark.parametrize("ranges", [True, False])
def test_what_was_cut_goes_on_where_it_was_or_begins_again_where_the_server_ignores_ranges(ranges, tmp_path):
    with serving(CONTENT, cuts=[1000, 5000], ranges=ranges, says=[503]) as served:
        assert fetched(served, tmp_path / "a.zip") == CONTENT
    assert served.asked == ["", "", "bytes=1000-", "bytes=6000-" if ranges else "bytes=5000-"]


def test_a_part_that_a_killed_process_left_is_gone_on_with_and_a_foreign_one_is_not_used(tmp_path):
    with serving(CONTENT) as served:
        for begun in (CONTENT[:70_000], CONTENT, b"other" * 100, CONTENT + b"more"):
            (tmp_path / "a.zip.part").write_bytes(begun)
            assert fetched(served, tmp_path / "a.zip") == CONTENT
            assert left(tmp_path) == {"a.zip"}
            (tmp_path / "a.zip").unlink()
    assert served.asked[0] == "bytes=70000-"


def test_another_digest_leaves_nothing(tmp_path):
    with serving(CONTENT) as served, pytest.raises(DataError, match=r"has the sha256 .* what was published has .*; it"):
        fetched(served, tmp_path / "a.zip", content=b"published")
    assert left(tmp_path) == set()


def test_a_file_of_another_digest_that_is_there_is_kept_and_said(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"mine")
    with serving(CONTENT) as served, pytest.raises(DataError, match="move it away"):
        fetched(served, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    assert served.asked == []


def test_a_redirection_to_http_is_refused_and_one_in_the_same_scheme_is_followed(tmp_path):
    with serving(CONTENT) as aim, serving(b"", redirect=aim.address) as served:
        assert fetched(served, tmp_path / "a.zip") == CONTENT
        served.redirect = "ftp://127.0.0.1/file"
        with pytest.raises(DataError, match=r"ftp://127\.0\.0\.1/file: is no address of https"):
            fetched(served, tmp_path / "b.zip")
    with serving(CONTENT) as served, pytest.raises(DataError, match="is no address of https"):
        fetched(served, tmp_path / "c.zip", web=type(WEB)())
    assert served.asked == []
    assert left(tmp_path) == {"a.zip", "b.zip.part", "c.zip.part"}  # empty


def test_what_is_not_there_is_said_at_once_and_what_does_not_come_after_some_tries(tmp_path):
    with serving(CONTENT, says=[404]) as served, pytest.raises(DataError, match="the server says 404"):
        fetched(served, tmp_path / "a.zip")
    assert len(served.asked) == 1
    with serving(CONTENT, cuts=[10, 0, 0, 0]) as served, pytest.raises(DataError, match="ended after 10 of 256,000"):
        fetched(served, tmp_path / "a.zip")
    assert left(tmp_path) == {"a.zip.part"}


@pytest.mark.parametrize("to", ["http://[bad/x", f"http://{'a' * 70}.org/x"])
def test_a_redirection_to_no_address_is_said(to, tmp_path):
    with serving(CONTENT, redirect=to) as served, pytest.raises(DataError, match="the server's answer is wrong"):
        fetched(served, tmp_path / "a.zip")
    assert len(served.asked) == 1


def test_a_length_of_thousands_of_digits_is_none(tmp_path):
    with serving(CONTENT, heads={"Content-Length": "9" * 5000}) as served:
        assert fetched(served, tmp_path / "a.zip") == CONTENT


@pytest.mark.parametrize(
    "error",
    [URLError(ssl.SSLCertVerificationError("bad")), InvalidURL("bad"), URLError(socket.gaierror("bad"))],
)
def test_what_asking_again_cannot_mend_is_said_at_once(error, tmp_path, monkeypatch, capsys):
    def fails(*_):
        raise error

    monkeypatch.setattr(type(WEB), "open", fails)
    with serving(CONTENT) as served, pytest.raises(DataError, match=r"cannot be fetched .*bad.*; check the network"):
        fetched(served, tmp_path / "a.zip")
    assert capsys.readouterr().err == ""


def test_each_further_try_is_told_and_waits_twice_as_long(tmp_path, monkeypatch, capsys):
    slept = []
    monkeypatch.setattr(part.time, "sleep", slept.append)
    web = type(WEB)(plain=True, timeout_s=5, tries=4, pause_s=3)
    with serving(CONTENT, says=[503, 503, 503]) as served:
        assert fetched(served, tmp_path / "a.zip", web=web) == CONTENT
    assert slept == [3, 6, 12]
    assert "the server says 503 Service Unavailable; asking again in 12 s\n" in capsys.readouterr().err


def test_a_system_without_the_flag_for_links_fetches_too(tmp_path, monkeypatch):
    monkeypatch.setattr(part, "_NO_LINK", 0)
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    with serving(CONTENT) as served:
        assert fetched(served, tmp_path / "a.zip") == CONTENT


def test_a_full_disk_is_said_and_gone_on_from(tmp_path, monkeypatch):
    real = os.fsync

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with serving(CONTENT) as served:
        monkeypatch.setattr(part.os, "fsync", full)
        with pytest.raises(DataError, match=r"a\.zip\.part: cannot be written \(No space left on device\); make room"):
            fetched(served, tmp_path / "a.zip")
        assert left(tmp_path) == {"a.zip.part"}
        monkeypatch.setattr(part.os, "fsync", real)
        assert fetched(served, tmp_path / "a.zip") == CONTENT


def test_more_than_the_disk_holds_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(part.shutil, "disk_usage", lambda _: os.statvfs_result([0] * 10) and FREE)
    with serving(CONTENT) as served, pytest.raises(DataError, match="256,000 are missing, and 1,000 are free"):
        fetched(served, tmp_path / "a.zip")
    assert (tmp_path / "a.zip.part").stat().st_size == 0


class FREE:
    free = 1000


def test_a_link_in_the_place_of_the_part_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / "a.zip.part").symlink_to(tmp_path / "elsewhere")
    with serving(CONTENT) as served, pytest.raises(DataError, match="cannot be written"):
        fetched(served, tmp_path / "a.zip")
    assert (tmp_path / "elsewhere").read_bytes() == b""


@pytest.mark.parametrize("address", ["http://a.org/f", "https://a.org", "file:///etc/passwd", "https://a.org/a b"])
def test_a_config_names_files_by_https_and_their_digest(address):
    with pytest.raises(ConfigError, match=r"dataset\.downloads\.address"):
        Download(address=address, sha256="0" * 64)
    with pytest.raises(ConfigError, match=r"dataset\.downloads\.sha256"):
        Download(address="https://a.org/f", sha256="abc")
