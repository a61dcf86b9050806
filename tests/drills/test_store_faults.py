"""Whatever file operation of a study is the last one before a crash, or fails: nothing is lost, doubled or mixed."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from segaug.experiment.sweep.sharing import share
from segaug.experiment.trial.attempt import attempt
from segaug.files import create_exclusive
from segaug.results.json_file import DamagedRecord
from segaug.results.lease import Heart, Observer
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.trial_files import TrialFiles
from tests.drills.faults import FULL, READ_ONLY, crash_images, failing_at
from tests.synthetic import record
from tests.tiny import volatile_free

RECORDS = [record("thorax", "nnunet", "red", 4, seed) for seed in range(3)]
KEYS = [{key: one[key] for key in ("id", "task", "model", "strategy", "size", "seed")} for one in RECORDS]
PLANS = [{"trials": KEYS[:2], "command": "segaug train one"}, {"trials": KEYS, "command": "segaug train two"}]
EXPECTED = {one["id"]: volatile_free(one) for one in RECORDS}
# A study for each of some sixty operations takes seconds: the default suite tries every ninth, the drills all of them.
every = pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.drill)])


def study(folder: Path, *, failing: bool = False) -> list[dict]:
    """All that a sweep writes: plans, leases, records, a failure, columns.  Returns the failures."""
    store, clock = Store(folder), [0.0]

    def train(number):
        if failing and number == 1:
            raise RuntimeError("boom")
        return RECORDS[number]

    def run(claims):
        for number, claim in claims:
            yield number, attempt(store, KEYS[number], lambda _, n=number: train(n), claim, Heart(3600))

    def sleep(seconds):
        clock[0] += seconds

    for plan in PLANS:
        store.add_plan(plan)
    ends = share(KEYS, store, run, lambda _: None, Observer(30, lambda: clock[0]), sleep)
    failures = [outcome.failure for _, outcome in ends if outcome.failure]
    Snapshot(folder).trials()
    return failures


def whole(folder: Path) -> None:
    """Old or new, never mixed: what is there can be read, and says what it should."""
    store = Store(folder)
    for one in store.records():
        assert volatile_free(one) == EXPECTED[one["id"]]
    assert {trial["id"] for trial in store.plan()["trials"]} <= EXPECTED.keys()
    for path in folder.glob("trials/*/failure.json"):
        assert json.loads(path.read_bytes())["error"] == "RuntimeError: boom"
    assert len(Snapshot(folder).trials()) == len(store.records())


def complete(folder: Path) -> None:
    """As if nothing had happened: no record lost or doubled, nothing left over."""
    whole(folder)
    store = Store(folder)
    assert {one["id"]: volatile_free(one) for one in store.records()} == EXPECTED
    assert [trial["id"] for trial in store.plan()["trials"]] == [key["id"] for key in KEYS]
    assert store.plan()["command"] == "segaug train two"
    assert store.failures() == []
    for path in TrialFiles.of(store).leftovers(EXPECTED):  # `segaug collect` does that
        path.unlink()
    names = {path.name for path in folder.glob("trials/*/*")} | {path.name for path in folder.glob("trials/*/.*")}
    assert names == {"record.json"}
    assert len(list(folder.glob("plan/*.json"))) == 2


def damaged(folder: Path) -> None:
    path = Store(folder).record_path(KEYS[1]["id"])
    path.parent.mkdir(parents=True)
    path.write_bytes(json.dumps(RECORDS[1]).encode()[:-20])


@every
def test_killed_at_every_write_it_goes_on_where_it_stopped(tmp_path, injected, every):
    images = crash_images(lambda: study(tmp_path / "study"), tmp_path / "study", tmp_path / "images")
    complete(tmp_path / "study")
    for image in images[::every]:
        whole(image)
        assert study(image) == []
        complete(image)
    assert len(images) > 50
    injected(len(images[::every]))


@every
def test_killed_while_a_failure_is_written_and_overtaken(tmp_path, injected, every):
    images = crash_images(lambda: study(tmp_path / "study", failing=True), tmp_path / "study", tmp_path / "images")
    for image in images[::every]:
        whole(image)
        study(image)
        complete(image)
    injected(len(images[::every]))


@every
def test_killed_while_a_damaged_record_is_replaced(tmp_path, injected, every):
    damaged(tmp_path / "study")
    images = crash_images(lambda: study(tmp_path / "study"), tmp_path / "study", tmp_path / "images")
    for image in images[::every]:
        study(image)
        store = Store(image)
        assert {one["id"]: volatile_free(one) for one in store.records()} == EXPECTED
        assert len(list(image.glob("trials/*/damaged-*.json"))) == 1, "kept as evidence, once"
        assert not list(image.glob("trials/*/other-*"))
    injected(len(images[::every]))


def test_killed_while_a_second_record_is_kept(tmp_path, injected):
    store = Store(tmp_path / "study")
    store.write_record(RECORDS[0])
    second = {**RECORDS[0], "run": {**RECORDS[0]["run"], "host": "another"}}
    images = crash_images(lambda: store.write_record(second), tmp_path / "study", tmp_path / "images")
    for image in images:
        assert Store(image).record(KEYS[0]["id"])["run"] == RECORDS[0]["run"]
    assert [rival.differs for rival in store.rivals(KEYS[0]["id"])] == [()]
    injected(len(images))


@every
def test_a_disk_that_is_full_from_any_write_on_loses_nothing_and_says_so(tmp_path, injected, every):
    with failing_at(10**9, FULL) as count:
        study(tmp_path / "calm")
    numbers = range(0, count[0], every)
    for number in numbers:
        folder = tmp_path / str(number)
        with failing_at(number, FULL):
            failures = []
            with suppress(OSError):  # the plan cannot be written: the command ends with what the system says
                failures = study(folder)
        assert all("No space left" in one["error"] for one in failures)
        whole(folder)
        assert study(folder) == []
        complete(folder)
        shutil.rmtree(folder)
    assert count[0] > 40
    injected(len(numbers))


def test_a_folder_that_becomes_read_only_is_reported_and_goes_on_later(tmp_path, injected):
    study_folder = tmp_path / "study"
    for plan in PLANS:
        Store(study_folder).add_plan(plan)
    with failing_at(0, READ_ONLY):
        failures = study(study_folder)
    assert len(failures) == len(KEYS)
    assert all("Read-only file system" in one["error"] for one in failures)
    assert study(study_folder) == []
    complete(study_folder)
    injected(len(KEYS))


@pytest.mark.parametrize("garbage", [b"", b"{", b"\x00" * 500, b'{"schema": 1, "order": 1, "trials": []}', b"[]"])
@pytest.mark.parametrize("kind", ["record", "failure", "lease", "plan", "snapshot", "cases"])
def test_garbage_in_any_file_is_noticed_and_made_again(tmp_path, kind, garbage):
    study(tmp_path)
    trial = tmp_path / "trials" / KEYS[0]["id"]
    path = {
        "record": trial / "record.json", "failure": trial / "failure.json", "lease": trial / "lease.1.json",
        "plan": next(iter(tmp_path.glob("plan/*.json"))),
        "snapshot": tmp_path / "snapshot.parquet", "cases": tmp_path / "cases.parquet",
    }[kind]  # fmt: skip
    if kind in ("failure", "lease"):
        (trial / "record.json").unlink()
    path.write_bytes(garbage)
    if kind == "plan":
        (left_out,) = Store(tmp_path).plan_and_left_out()[1]
        assert path.name in str(left_out)
    if kind == "record":
        with pytest.raises(DamagedRecord, match=r"record\.json"):
            Store(tmp_path).records()
    assert study(tmp_path) == []
    assert {one["id"]: volatile_free(one) for one in Store(tmp_path).records()} == EXPECTED
    assert len(Store(tmp_path).plan()["trials"]) == len(KEYS)


def test_a_record_that_appears_late_is_neither_lost_nor_doubled(tmp_path, monkeypatch):
    """A client of a file server may not see for a while what another one has written."""
    store = Store(tmp_path)
    store.write_record(RECORDS[0])
    path, looks = store.record_path(KEYS[0]["id"]), [0]
    real = Path.is_file, Path.exists

    def late(number):
        def see(self, *args, **named):
            looks[0] += self == path
            return real[number](self, *args, **named) if self != path or looks[0] > 4 else False

        return see

    monkeypatch.setattr(Path, "is_file", late(0))
    monkeypatch.setattr(Path, "exists", late(1))
    monkeypatch.setattr("segaug.results.store._LATE_S", 0.001)
    assert study(tmp_path) == []
    assert looks[0] > 4
    assert store.record(KEYS[0]["id"])["run"] == RECORDS[0]["run"]
    assert [rival.differs for rival in store.rivals(KEYS[0]["id"])] == [()]


def test_without_hard_links_one_of_many_still_wins(tmp_path, monkeypatch):
    import errno
    import os
    from concurrent.futures import ThreadPoolExecutor

    def no_links(*_):
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "link", no_links)
    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(lambda n: create_exclusive(tmp_path / "file", str(n).encode()), range(8)))
    assert wins.count(True) == 1
    assert (tmp_path / "file").read_bytes() == str(wins.index(True)).encode()
    assert len(list(tmp_path.iterdir())) == 1
    study(tmp_path / "study")
    complete(tmp_path / "study")


def test_many_commands_add_their_plans_at_once(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    keys = [{**KEYS[0], "id": str(n), "seed": n} for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: Store(tmp_path).add_plan({"trials": [key]}), keys * 2))
    assert {trial["id"] for trial in Store(tmp_path).plan()["trials"]} == {key["id"] for key in keys}
    assert len(list(tmp_path.glob("plan/*"))) == len(keys)


def test_a_plan_of_20_000_trials_is_added_and_read_in_seconds(tmp_path):
    import time

    trials = [{**KEYS[0], "id": f"{number:016x}", "seed": number} for number in range(20_000)]
    start = time.process_time()
    Store(tmp_path).add_plan({"trials": trials})
    Store(tmp_path).add_plan({"trials": trials[:10_000], "command": "a part of it again"})
    assert Store(tmp_path).plan()["trials"] == trials
    assert time.process_time() - start < 10
