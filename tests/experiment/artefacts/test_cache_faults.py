"""Artefacts and decoded images under faults: never mixed, never trusted when damaged, made again, never fatal."""

import errno
import fcntl
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
import torch

from segaug.augment.artefact import Artefact, Content, quiet, unkept
from segaug.data.cache import load_cached, store_cached
from segaug.data.decode import Decoded
from segaug.errors import DataError
from segaug.experiment.artefacts.file import encode
from segaug.experiment.artefacts.store import ArtefactStore
from tests.drills.faults import FULL, READ_ONLY, crash_images, failing_at

STAGES = [("a",), ("a", "b"), ("a", "b", "c")]


def words(*wanted, made=None, seconds=0.0):
    """An artefact that grows; its tensor belongs to its facts, so that a mixture of two would show."""

    def make(previous, tell, keep):
        held = sorted({*(previous.facts["words"] if previous else ()), *wanted})
        if made is not None:
            made.append(tuple(held))
        time.sleep(seconds)
        return Content({"value": torch.arange(500.0) * len(held)}, {"words": held})

    return Artefact("words", {"version": 1}, make, lambda content: {*wanted} <= {*content.facts["words"]})


def belongs_together(content):
    torch.testing.assert_close(
        content.tensors["value"], torch.arange(500.0) * len(content.facts["words"]), rtol=0, atol=0
    )
    return tuple(content.facts["words"])


def quietly(call, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return call(*args), [str(one.message) for one in caught]


@pytest.fixture
def store(tmp_path):
    return ArtefactStore(tmp_path / "artefacts")


def test_a_crash_at_any_moment_leaves_the_old_or_the_new(store, tmp_path):
    def grow():
        for stage in STAGES:
            store.obtain(words(*stage))

    images = crash_images(grow, store.folder, tmp_path / "images")
    assert len(images) > 6 * len(STAGES)
    seen = set()
    for image in images:
        left = ArtefactStore(image)
        held, told = quietly(left.held, words())
        assert not told  # nothing damaged is ever under the name itself
        seen.add(None if held is None else belongs_together(held))
        assert belongs_together(left.obtain(words("a", "b", "c"))) == STAGES[-1]
        assert [path.name for path in image.glob("*") if path.is_file()] == [left.path(words()).name]  # parts are gone
    assert seen == {None, *STAGES}


@pytest.mark.parametrize("error", [FULL, READ_ONLY])
@pytest.mark.parametrize("strict", [False, True])
def test_a_disk_that_fails_at_any_operation_costs_time_at_most(tmp_path, error, strict):
    number, total = 0, 1
    while number < total:
        store = ArtefactStore(tmp_path / str(number), strict)
        store.obtain(words("a"))
        with failing_at(number, error) as count:
            try:
                content, told = quietly(store.obtain, words("a", "b"))
                assert belongs_together(content) == ("a", "b")
                assert strict is False or not told
                assert all("cannot be written" in one for one in told)
            except DataError as refused:
                assert strict
                assert "cannot be written" in str(refused)  # noqa: PT017
        total = max(total, count[0])
        left = store.held(words())
        assert left is not None
        assert belongs_together(left) in STAGES[:2]
        assert belongs_together(store.obtain(words("a", "b", "c"))) == STAGES[2]
        number += 1
    assert total > 3


GARBAGE = [b"", b"\0", b"garbage" * 99, b"\xff" * 8, (10**12).to_bytes(8, "little") + b"{}", b"\x02\0\0\0\0\0\0\0{}"]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_never_used_and_is_replaced(store, data):
    made = []
    path = store.path(words())
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    content, told = quietly(store.obtain, words("a", made=made))
    assert belongs_together(content) == ("a",)
    assert made == [("a",)]
    assert any("it is made again" in one for one in told)
    assert store.held(words("a")) is not None


def test_a_folder_in_place_of_the_file_costs_a_warning(store):
    store.path(words()).mkdir(parents=True)
    content, told = quietly(store.obtain, words("a"))
    assert belongs_together(content) == ("a",)
    assert any("cannot be written" in one for one in told)


def test_a_file_that_appears_late_is_used_and_not_made_again(store, monkeypatch):
    """Between the look and the lock another machine finishes, and only then its file is seen here."""
    made = []
    finished = words("a")

    def late(self, artefact, tell):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path(artefact).write_bytes(encode(finished, finished.make(None, quiet, unkept)))
        return real(self, artefact, tell)

    real = ArtefactStore._lock
    monkeypatch.setattr(ArtefactStore, "_lock", late)
    assert belongs_together(store.obtain(words("a", made=made))) == ("a",)
    assert made == []


@pytest.mark.parametrize("error", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EIO])
def test_a_file_system_without_locks_costs_a_warning_at_most(store, monkeypatch, error):
    """Lustre mounted without -o flock says ENOSYS, NFS without its lock daemon ENOLCK."""

    def refuse(*args):
        raise OSError(error, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    content, _ = quietly(store.obtain, words("a"))
    assert belongs_together(content) == ("a",)


def test_two_makers_at_once_leave_a_whole_file(store, monkeypatch):
    """As where locks do nothing: both make, both write, neither loses its work, readers see one of them."""
    monkeypatch.setattr(ArtefactStore, "_lock", lambda self, artefact, tell: nullcontext(True))
    stop = threading.Event()

    def look():
        while not stop.is_set():
            content = store.held(words())
            if content is not None:
                belongs_together(content)

    def make(word):
        for number in range(20):
            store.obtain(words(f"{word}{number}", seconds=0.02))

    with warnings.catch_warnings(), ThreadPoolExecutor(3) as pool:
        warnings.simplefilter("error")
        reader, makers = pool.submit(look), [pool.submit(make, word) for word in "xy"]
        try:
            for maker in makers:
                maker.result()
        finally:
            stop.set()
        reader.result()
    assert belongs_together(store.held(words()))
    assert [path.name for path in store.folder.iterdir() if path.is_file()] == [store.path(words()).name]


DECODED = Decoded(torch.rand(4, 1, 8, 8), torch.ones(4, 1, 8, 8), torch.ones(4, 2), "hash", 0)


def test_decoded_images_are_whole_or_absent_after_a_crash(tmp_path):
    path = tmp_path / "cache/name.safetensors"
    for image in crash_images(lambda: store_cached(path, DECODED), path.parent, tmp_path / "images"):
        found, told = quietly(load_cached, image / path.name)
        assert not told
        assert found is None or torch.equal(found.image, DECODED.image)


@pytest.mark.parametrize("error", [FULL, READ_ONLY])
def test_decoded_images_that_cannot_be_stored_cost_a_warning(tmp_path, error):
    number, total = 0, 1
    while number < total:
        path = tmp_path / str(number) / "name.safetensors"
        with failing_at(number, error) as count:
            _, told = quietly(store_cached, path, DECODED)
        total = max(total, count[0])
        assert all("cannot write the cache" in one for one in told)
        found = load_cached(path)
        assert found is None or torch.equal(found.label, DECODED.label)
        assert told or found is not None
        number += 1
    assert total > 2


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_a_garbled_copy_of_decoded_images_counts_as_none(tmp_path, data):
    path = tmp_path / "name.safetensors"
    path.write_bytes(data)
    found, told = quietly(load_cached, path)
    assert found is None
    assert any("the images are decoded again" in one for one in told)
    store_cached(path, DECODED)
    assert load_cached(path) is not None
