import json
import os
import pickle
import shutil
import time
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from segaug.data import cache, chunks, known_files, many, tensors
from segaug.data.chunks import FOLDER
from segaug.data.decode import decode
from segaug.data.known_files import KnownFiles
from segaug.data.split import split
from segaug.data.tensors import INDEX, load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import image_and_mask


def refuse(*_, **__):
    pytest.fail("decoded again")


@pytest.fixture
def small_is_large(monkeypatch):
    """24 images are 6 chunks, decoded as a large set is; by this process alone."""
    monkeypatch.setattr(tensors, "MANY", 1)
    monkeypatch.setattr(chunks, "CASES", 4)
    monkeypatch.setattr(many, "_cores", lambda: 1)
    monkeypatch.setattr(many, "WORTH_S", 0.0)


def bits(decoded) -> list[bytes]:
    return [getattr(decoded, name).numpy().tobytes() for name in ("image", "label", "spacing_mm")]


def kept(cache: Path) -> dict[str, tuple[int, int]]:
    """Name -> inode and time of each chunk."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (cache / FOLDER).iterdir()}


def test_two_processes_decode_what_one_does(folder, tmp_path, small_is_large, monkeypatch):
    monkeypatch.setattr(many, "_cores", lambda: 2)
    told = []
    dataset = folder(pixel_mm=2.0)
    shared = load_task(dataset, tmp_path / "cache", lambda *counts: told.append(counts))
    alone = decode(dataset, dataset.cases(), split(dataset.cases(), dataset.split))
    assert (bits(shared), shared.content_hash) == (bits(alone), alone.content_hash)
    assert told == [(done, 24) for done in (0, 8, 12, 16, 20, 24)]  # the first chunk shows how long one takes
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".safetensors"]


def test_nothing_is_told_of_what_is_decoded_soon(folder, tmp_path, small_is_large, monkeypatch):
    monkeypatch.setattr(many, "WORTH_S", 1000.0)
    monkeypatch.setattr(many, "_others", refuse)
    task = load_task(folder(), tmp_path / "cache", refuse)
    assert bits(task) == bits(load_task(folder(), None))


def interrupted(dataset, cache: Path, after: int) -> None:
    """Start, and stop when so many images are decoded."""

    def stop(done: int, _: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_task(dataset, cache, stop)


def test_what_an_interrupted_start_has_decoded_is_kept(folder, tmp_path, small_is_large, monkeypatch):
    whole = load_task(folder(), tmp_path / "other")
    interrupted(folder(), tmp_path / "cache", after=12)
    assert len(kept(tmp_path / "cache")) == 3
    rest = []
    monkeypatch.setattr(many, "decoded_chunk", lambda *of: rest.append(of[1]) or chunks.decoded_chunk(*of))
    told = []
    task = load_task(folder(), tmp_path / "cache", lambda *counts: told.append(counts))
    assert (bits(task), task.content_hash) == (bits(whole), whole.content_hash)
    assert [len(chunk.cases) for chunk in rest] == [4, 4, 4]
    assert told[0] == (12, 24)
    assert not (tmp_path / "cache" / FOLDER).exists()


def test_mending_one_image_leaves_the_others_decoded(folder, root, tmp_path, small_is_large):
    bad = folder().cases()[13].image_file
    good = bad.read_bytes()
    bad.write_bytes(good[:50])
    with pytest.raises(DataError, match=f"{bad.name}: cannot be decoded"):
        load_task(folder(), tmp_path / "cache")
    before = kept(tmp_path / "cache")
    assert len(before) == 3  # chunks of 4, in order
    bad.write_bytes(good)
    interrupted(folder(), tmp_path / "cache", after=20)
    after = kept(tmp_path / "cache")
    assert {name: after[name] for name in before} == before
    assert len(after) == 5


@pytest.mark.parametrize("damage", ["one bit", "truncated", "empty", "foreign"])
def test_a_damaged_chunk_is_decoded_again(folder, tmp_path, small_is_large, damage):
    whole = load_task(folder(), tmp_path / "other")
    interrupted(folder(), tmp_path / "cache", after=12)
    path = sorted((tmp_path / "cache" / FOLDER).iterdir())[1]
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes({"one bit": data, "truncated": data[:-100], "empty": b"", "foreign": b"x" * 500}[damage])
    with pytest.warns(UserWarning, match=f"{path.name}: some decoded images are damaged; they are decoded again"):
        task = load_task(folder(), tmp_path / "cache")
    assert bits(task) == bits(whole)


def test_a_chunk_is_of_its_files_and_options(folder, root, tmp_path, small_is_large):
    interrupted(folder(), tmp_path / "cache", after=24)
    before = set(kept(tmp_path / "cache"))
    assert len(before) == 6
    for change in ({"size": 20}, {"pixel_mm": 1.0}, {"structure": "left"}):
        interrupted(folder(**change), tmp_path / "cache", after=24)
        now = set(kept(tmp_path / "cache"))
        assert len(now) == len(before) + 6, change
        before = now


def test_a_volume_is_in_one_chunk_and_a_file_of_thousands_in_many(folder, monkeypatch):
    case = folder().cases()[0]
    slices = [replace(case, image_file=Path(f"v{number // 40}")) for number in range(200)]
    assert [*chunks._ranges(slices)] == [(start, start + 40) for start in range(0, 200, 40)]
    assert [*chunks._ranges([case] * 600)] == [(0, 256), (256, 512), (512, 600)]


def test_without_room_for_chunks_images_are_decoded_in_memory(folder, tmp_path, small_is_large):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FOLDER).write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="cannot write the cache"):
        task = load_task(folder(), tmp_path / "cache")
    assert bits(task) == bits(load_task(folder(), tmp_path / "other"))


def test_old_chunks_of_other_sets_are_removed_in_the_end(folder, tmp_path, small_is_large):
    place = tmp_path / "cache" / FOLDER
    place.mkdir(parents=True)
    for name, days in {"old": 15, "new": 13}.items():
        (place / name).write_bytes(b"")
        os.utime(place / name, (time.time() - days * 86400,) * 2)
    load_task(folder(), tmp_path / "cache")
    assert [path.name for path in place.iterdir()] == ["new"]


def test_tensors_are_maps_and_writing_to_them_leaves_the_file(folder, tmp_path, small_is_large):
    fresh = load_task(folder(), tmp_path / "cache")
    (path,) = (tmp_path / "cache").glob("*.safetensors")
    before = path.read_bytes()
    assert path.name in Path("/proc/self/maps").read_text()
    fresh.image.add_(1)
    assert path.read_bytes() == before
    assert bits(load_task(folder(), tmp_path / "cache")) != bits(fresh)


@pytest.fixture
def all_is_worth_it(monkeypatch):
    """Whatever was hashed is remembered, and every entry counts as large."""
    monkeypatch.setattr(known_files, "WORTH_BYTES", 1)
    monkeypatch.setattr(cache, "SMALL_BYTES", 1)


@pytest.fixture
def a_minute_later(monkeypatch):
    now = time.time_ns
    monkeypatch.setattr(known_files.time, "time_ns", lambda: now() + 60 * 10**9)


def reads(monkeypatch) -> list[str]:
    """Names of the files that are hashed from now on."""
    hashed = []
    read = KnownFiles._hashed
    monkeypatch.setattr(
        KnownFiles, "_hashed", lambda self, path, *more: hashed.append(path.name) or read(self, path, *more)
    )
    return hashed


def test_a_second_start_reads_no_image_and_no_checksum(folder, tmp_path, all_is_worth_it, a_minute_later, monkeypatch):
    first = load_task(folder(), tmp_path / "cache")
    load_task(folder(), tmp_path / "cache")  # the first that reads the entry compares it with its checksum
    hashed = reads(monkeypatch)
    monkeypatch.setattr(cache, "_checksum", refuse)
    again = load_task(folder(), tmp_path / "cache")
    assert hashed == []
    assert (bits(again), again.content_hash) == (bits(first), first.content_hash)


def test_a_changed_file_is_noticed_though_size_and_time_are_the_same(
    folder, root, tmp_path, all_is_worth_it, a_minute_later, monkeypatch
):
    first = load_task(folder(), tmp_path / "cache")
    path = folder().cases()[first.split.pool[0]].image_file
    before = path.stat()
    image, _ = image_and_mask(int(path.stem[1:3]) * 2 + int(path.stem[-1]))
    image[0, 0] ^= 1
    Image.fromarray(image).save(path)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    hashed = reads(monkeypatch)
    changed = load_task(folder(), tmp_path / "cache")
    assert hashed == [path.name]
    assert changed.content_hash != first.content_hash


def test_a_file_that_was_changed_a_moment_ago_is_not_remembered(folder, tmp_path, all_is_worth_it, monkeypatch):
    load_task(folder(), tmp_path / "cache")
    hashed = reads(monkeypatch)
    load_task(folder(), tmp_path / "cache")
    assert len(hashed) == 24 + 24 - len(load_task(folder(), None).split.external)


def test_a_damaged_large_entry_is_noticed(folder, tmp_path, all_is_worth_it):
    first = load_task(folder(), tmp_path / "cache")
    load_task(folder(), tmp_path / "cache")
    (path,) = (tmp_path / "cache").glob("*.safetensors")
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.warns(UserWarning, match="the cached copy is damaged"):
        assert bits(load_task(folder(), tmp_path / "cache")) == bits(first)


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"/a": 3, "/b": [1, "x"], "/c": [[1], 2]}', b"[" * 100_000])
def test_a_damaged_index_counts_as_empty(folder, tmp_path, all_is_worth_it, a_minute_later, damage):
    first = load_task(folder(), tmp_path / "cache")
    (tmp_path / "cache" / INDEX).write_bytes(damage)
    assert load_task(folder(), tmp_path / "cache").content_hash == first.content_hash
    assert len(json.loads((tmp_path / "cache" / INDEX).read_bytes())) > 24


def test_the_index_keeps_what_was_used_last(tmp_path, all_is_worth_it, a_minute_later, monkeypatch):
    monkeypatch.setattr(known_files, "KEPT", 3)
    files = [tmp_path / f"{number}" for number in range(5)]
    for number, file in enumerate(files):
        file.write_text(str(number))
    for file in (*files[:3], files[0], *files[3:]):
        known = KnownFiles(tmp_path / "index")
        known.hash_of(file)
        known._cost = 1
        known.keep()
    assert [Path(name).name for name in json.loads((tmp_path / "index").read_bytes())] == ["0", "3", "4"]


def test_an_index_that_cannot_be_written_changes_nothing(folder, tmp_path, all_is_worth_it, a_minute_later):
    first = load_task(folder(), tmp_path / "cache")
    (tmp_path / "cache" / INDEX).unlink()
    (tmp_path / "cache" / INDEX).mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_task(folder(), tmp_path / "cache").content_hash == first.content_hash
    shutil.rmtree(tmp_path / "cache" / INDEX)


def test_what_is_wrong_with_the_whole_is_told_of_a_large_set_too(folder, root, tmp_path, small_is_large):
    task = load_task(folder(), None)
    first, second = (root / f"images/{task.ids[part[0]]}.png" for part in (task.split.test, task.split.pool))
    shutil.copy(first, second)
    with pytest.raises(DataError, match="identical pixels"):
        load_task(folder(), tmp_path / "cache")


def test_errors_go_from_process_to_process():
    for error in (DataError(file="a.png", problem="is odd", fix="mend it"), ConfigError(key="k", problem="p", fix="f")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_known_hashes_are_those_of_the_bytes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert KnownFiles().hash_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
