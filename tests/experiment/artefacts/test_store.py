"""Artefacts are made once, whoever asks and whatever happens to the makers; nothing half-written is ever used."""

import dataclasses
import multiprocessing as mp
import os
import resource
import signal
import time
import warnings
from contextlib import ExitStack

import pytest
import torch

from segaug.augment.artefact import Artefact, ArtefactFailed, Content, quiet, unkept
from segaug.errors import DataError
from segaug.experiment.artefacts.file import DamagedArtefact, encode, read
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.experiment.machine.stop import Stopped
from segaug.rng import stream
from tests.drills.faults import FULL, failing_at

KEY = {"version": 1, "source": "abc", "options": {"sigma": 3.0}}


def counted(log, key=KEY, value=1.0, seconds=0.0, failed=None):
    """An artefact whose making leaves a line in a file."""

    def make(previous, tell, keep):
        with open(log, "a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(seconds)
        facts = {"ids": ["a", "b"]} | ({"failed": failed} if failed else {})
        return Content({"value": torch.full((3, 2), value, dtype=torch.float16)}, facts)

    return Artefact("toy", key, make)


def growing(*wanted):
    """An artefact that collects words, keeping those that are there."""

    def make(previous, tell, keep):
        held = previous.facts["words"] if previous else []
        tell(len(held), len(wanted), "collecting")
        return Content({"value": torch.zeros(1)}, {"words": sorted({*held, *wanted})})

    return Artefact("words", {"version": 1}, make, lambda content: set(wanted) <= set(content.facts["words"]))


STEPS = 6


def trained(log=None, ends_after=None, end=None, steps=STEPS):
    """Gradient steps with momentum and noise from a stream of each step; what is kept holds the momentum too."""

    def make(previous, tell, keep):
        state = previous.tensors if previous else {"weight": torch.ones(500), "momentum": torch.zeros(500)}
        weight, momentum = state["weight"], state["momentum"]

        def snapshot(step):
            return Content({"weight": weight, "momentum": momentum}, {"step": step, "unfinished": True})

        for step in range(previous.facts["step"] if previous else 0, steps):
            if log is not None:
                with open(log, "a") as file:
                    file.write(f"{step}\n")
            momentum = 0.9 * momentum + weight + torch.randn(500, generator=stream(0, "trained", step))
            weight = weight - 0.1 * momentum
            keep(lambda step=step: snapshot(step + 1))
            if step + 1 == ends_after:
                end()
        return Content({"weight": weight}, {"step": steps})

    return Artefact("trained", {"steps": steps}, make)


class Ended(Exception):
    """Ctrl-C, a time limit, a crash."""


def end():
    raise Ended


def die():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def keeping(tmp_path):
    """A store that keeps what it is offered, however often."""
    return ArtefactStore(tmp_path / "artefacts", keep_every_s=0)


def makers(log):
    return log.read_text().split() if log.exists() else []


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def store(tmp_path):
    return ArtefactStore(tmp_path / "artefacts")


def obtain_in_a_process(store, log, seconds):
    process = mp.get_context("fork").Process(target=lambda: store.obtain(counted(log, seconds=seconds)))
    process.start()
    return process


def wait_for(condition, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_is_made_once_and_read_back(store, log):
    first, again = store.obtain(counted(log)), store.obtain(counted(log))
    assert len(makers(log)) == 1
    assert again.tensors["value"].dtype == torch.float16
    assert torch.equal(first.tensors["value"], again.tensors["value"])
    assert first.facts == again.facts == {"ids": ["a", "b"]}


def test_the_name_follows_the_key_and_nothing_else(log):
    reordered = dict(reversed(KEY.items()))
    assert counted(log).name == counted(log, reordered, value=2.0).name
    assert counted(log).name != counted(log, {**KEY, "source": "abd"}).name


def test_two_processes_make_it_once(store, log):
    processes = [obtain_in_a_process(store, log, seconds=0.5) for _ in range(3)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(makers(log)) == 1


def test_whoever_waits_says_so_and_takes_over_from_a_killed_maker(store, log):
    maker = obtain_in_a_process(store, log, seconds=60)
    wait_for(lambda: makers(log))
    told = []

    def tell(*now):
        told.append(now)
        os.kill(maker.pid, signal.SIGKILL)  # it holds the lock while we say that we wait for it

    store.obtain(counted(log), tell)
    assert told == [(0, 0, "waiting for another process")]
    assert makers(log) == [str(maker.pid), str(os.getpid())]


def test_a_maker_that_raises_frees_the_lock(store, log):
    def broken(previous, tell, keep):
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        store.obtain(Artefact("toy", KEY, broken))
    store.obtain(counted(log))
    assert len(makers(log)) == 1


def test_every_flipped_byte_is_noticed(store, log, tmp_path):
    artefact = counted(log)
    whole = encode(artefact, artefact.make(None, quiet, unkept))
    path = tmp_path / "copy.safetensors"
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        with pytest.raises(DamagedArtefact, match="made again"):
            read(path, artefact)
    for length in (0, 1, 8, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedArtefact):
            read(path, artefact)


def test_a_damaged_file_is_made_again_with_a_warning(store, log):
    artefact = counted(log)
    store.obtain(artefact)
    path = store.path(artefact)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=f"{path.name}.*made again"):
        content = store.obtain(artefact)
    assert content.tensors["value"].shape == (3, 2)
    assert len(makers(log)) == 2
    store.obtain(artefact)
    assert len(makers(log)) == 2


def test_what_a_killed_maker_left_is_neither_used_nor_kept(store, log):
    artefact = counted(log)
    part = store.folder / f".{store.path(artefact).name}.99.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    assert store.held(artefact) is None
    store.obtain(artefact)
    assert [path.name for path in store.folder.iterdir() if path.is_file()] == [store.path(artefact).name]


def test_another_key_in_the_file_is_told_with_both(store, log):
    artefact, other = counted(log), counted(log, {**KEY, "options": {"sigma": 2.0}})
    store.obtain(other)
    store.path(other).rename(store.path(artefact))
    with pytest.raises(DataError, match=r"toy-.*sigma': 2\.0.*sigma': 3\.0.*move it away"):
        store.obtain(artefact)
    assert len(makers(log)) == 1


def test_another_version_of_the_format_is_told_with_both(store, log, monkeypatch):
    artefact = counted(log)
    store.obtain(artefact)
    monkeypatch.setattr("segaug.experiment.artefacts.file.FORMAT", 2)
    with pytest.raises(DataError, match=r"toy-.*format 1, asked for was 2"):
        store.obtain(artefact)


def test_a_failed_artefact_is_kept_and_never_used(store, log):
    artefact = counted(log, failed="the spread is 3 % of the real one; raise augment.steps")
    for _ in range(2):
        with pytest.raises(ArtefactFailed, match=r"toy-.*must not be used.*toy-.*safetensors.*3 % of.*raise"):
            store.obtain(artefact)
    assert len(makers(log)) == 1
    assert store.held(artefact).failed


def test_an_incomplete_artefact_grows(store):
    store.obtain(growing("a", "b"))
    assert store.held(growing("b")) is not None
    assert store.held(growing("b", "c")) is None
    told = []
    assert store.obtain(growing("b", "c"), lambda *now: told.append(now)).facts["words"] == ["a", "b", "c"]
    assert told == [(2, 2, "collecting")]
    assert store.obtain(growing("a", "c"), pytest.fail).facts["words"] == ["a", "b", "c"]


def test_a_training_that_is_ended_goes_on_where_it_was_to_the_same_bits(tmp_path, log):
    whole = ArtefactStore(tmp_path / "whole").obtain(trained())
    for ends_after in range(1, STEPS + 1):
        store = ArtefactStore(tmp_path / str(ends_after), keep_every_s=0)
        with pytest.raises(Ended):
            store.obtain(trained(ends_after=ends_after, end=end))
        assert store.held(trained()) is None
        log.unlink(missing_ok=True)
        content = store.obtain(trained(log))
        assert torch.equal(content.tensors["weight"], whole.tensors["weight"])
        assert makers(log) == [str(step) for step in range(ends_after, STEPS)]
        assert store.held(trained()).facts == whole.facts
    assert whole.tensors.keys() == {"weight"}  # without what only training needs


@pytest.mark.slow
def test_a_training_that_is_killed_goes_on_where_it_was_to_the_same_bits(keeping, tmp_path, log):
    for ends_after in (2, 4):
        process = mp.get_context("fork").Process(target=keeping.obtain, args=(trained(log, ends_after, die),))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert keeping.held(trained()) is None
    whole = ArtefactStore(tmp_path / "whole").obtain(trained())
    assert torch.equal(keeping.obtain(trained(log)).tensors["weight"], whole.tensors["weight"])
    assert makers(log) == list(map(str, range(STEPS)))


def test_what_is_kept_is_written_at_most_once_a_minute(store, tmp_path):
    taken = []

    def make(previous, tell, keep):
        for _ in range(3):
            keep(lambda: taken.append(time.monotonic()) or Content({}, {"unfinished": True}))
            time.sleep(0.04)
        return Content({}, {})

    store.obtain(Artefact("toy", KEY, make))
    assert taken == []  # and nothing was put together in vain
    ArtefactStore(tmp_path / "other", keep_every_s=0.03).obtain(Artefact("toy", KEY, make))
    assert len(taken) == 2


def test_a_training_that_is_asked_to_end_loses_nothing(store, log):
    """Where it is killed, it may lose the minute since it was last kept."""

    def asked():
        raise Stopped

    with pytest.raises(Stopped) as stopped:
        store.obtain(trained(log, ends_after=3, end=asked))
    assert stopped.value.kept
    assert read(store.path(trained()), trained()).facts["step"] == 3
    store.obtain(trained(log))
    assert [int(step) for step in log.read_text().split()] == list(range(STEPS))


def test_nobody_takes_what_was_kept_for_finished(keeping):
    """Not even one who asks for less than what is there already."""
    with pytest.raises(Ended):
        keeping.obtain(trained(ends_after=3, end=end))
    content = read(keeping.path(trained()), trained())
    assert content.unfinished
    anything = dataclasses.replace(trained(), complete=lambda content: True)
    assert not anything.is_whole(content)
    assert keeping.held(anything) is None


@pytest.mark.parametrize("strict", [False, True])
def test_a_disk_that_is_full_for_a_while_costs_what_was_kept_and_no_training(tmp_path, strict):
    store = ArtefactStore(tmp_path / "artefacts", strict, keep_every_s=0)
    with warnings.catch_warnings(record=True) as caught, ExitStack() as disk:
        warnings.simplefilter("always")
        disk.enter_context(failing_at(0, FULL))
        content = store.obtain(trained(ends_after=STEPS - 1, end=disk.close))
    assert {"cannot be written" in str(one.message) for one in caught} == {True}
    assert torch.equal(content.tensors["weight"], store.held(trained()).tensors["weight"])
    assert [path.name for path in store.folder.iterdir() if path.is_file()] == [store.path(trained()).name]


def test_a_maker_that_keeps_what_looks_finished_or_ends_unfinished_is_wrong(keeping):
    with pytest.raises(AssertionError, match="unfinished"):
        keeping.obtain(Artefact("toy", KEY, lambda previous, tell, keep: keep(lambda: Content({}, {}))))
    with pytest.raises(AssertionError, match="not complete"):
        keeping.obtain(Artefact("toy", KEY, lambda previous, tell, keep: Content({}, {"unfinished": True})))


def test_an_artefact_may_need_another(store, log):
    def outer(previous, tell, keep):
        return Content({"sum": store.obtain(counted(log), tell).tensors["value"].sum()}, {})

    assert store.obtain(Artefact("outer", {"version": 1}, outer)).tensors["sum"] == 6
    assert store.held(counted(log)) is not None


def fill_the_disk_and_obtain(store, log, answers):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that writing fails with an error, as on a full disk
    answer = "nothing"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        artefact = counted(log)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        try:
            answer = store.obtain(artefact).tensors["value"].sum().item()
        except DataError as error:
            answer = str(error)
    answers.put((answer, [str(one.message) for one in caught], sorted(path.name for path in store.folder.glob("*"))))


@pytest.mark.parametrize("strict", [False, True])
def test_a_full_disk_costs_a_trial_time_and_stops_prepare(tmp_path, log, strict):
    store = ArtefactStore(tmp_path / "artefacts", strict)
    context = mp.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=fill_the_disk_and_obtain, args=(store, log, answers))
    process.start()
    answer, warned, left = answers.get()
    process.join()
    assert left == [".locks"]
    if strict:
        assert "cannot be written" in answer
        assert "make room" in answer
    else:
        assert answer == 6
        assert ["cannot be written" in one for one in warned] == [True]


@pytest.mark.parametrize("strict", [False, True])
def test_a_folder_that_cannot_be_made(tmp_path, log, strict):
    (tmp_path / "file").write_text("")
    store = ArtefactStore(tmp_path / "file" / "artefacts", strict)
    if strict:
        with pytest.raises(DataError, match="cannot be written"):
            store.obtain(counted(log))
        assert makers(log) == []  # nothing is learned that could not be kept
    else:
        with pytest.warns(UserWarning, match="cannot be written") as warned:
            assert store.obtain(counted(log)).facts["ids"] == ["a", "b"]
        assert len(warned) == 1
