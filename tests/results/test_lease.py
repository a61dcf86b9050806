"""Leases without clocks, file times or locks: one holder at a time, and none for ever."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from segaug.files import write_atomic
from segaug.results.lease import Heart, Observer, look, take
from segaug.results.owner import is_gone, this_process

ELSEWHERE = replace(this_process(), place="another machine")


class Clock:
    """Monotonic seconds that a test moves."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "trial"


def test_of_all_who_try_at_once_one_gets_it(folder):
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: take(folder, this_process(), None), range(16)))
    assert sum(lease is not None for lease in taken) == 1


def test_a_lease_that_beats_is_never_free_and_one_that_stops_is_after_the_patience(folder):
    lease, clock = take(folder, ELSEWHERE, None), Clock()
    observer = Observer(10, clock)
    for clock.now in range(0, 100, 5):
        lease.renew()
        assert not observer.free(folder, look(folder))
    clock.now += 9
    assert not observer.free(folder, look(folder))
    clock.now += 1
    assert observer.free(folder, look(folder))


def test_a_clock_that_is_set_back_and_wrong_file_times_decide_nothing(folder, monkeypatch):
    """Only the observer's own monotonic clock counts."""
    take(folder, ELSEWHERE, None)
    monkeypatch.setattr("time.time", lambda: -3600.0)
    os.utime(folder / "lease.1.json", (0, 0))
    clock = Clock()
    observer = Observer(10, clock)
    assert not observer.free(folder, look(folder))
    os.utime(folder / "lease.1.json", (4e9, 4e9))
    clock.now = 10
    assert observer.free(folder, look(folder))


def test_released_or_ended_leases_are_free_at_once(folder):
    take(folder, this_process(), None).release()
    assert look(folder).is_over
    child = subprocess.run(
        [sys.executable, "-c", "from segaug.results.owner import this_process; import json;"
         "print(json.dumps(this_process().as_json()))"], capture_output=True, check=True, text=True,
    )  # fmt: skip
    dead = replace(this_process(), **json.loads(child.stdout))
    assert is_gone(dead)
    assert not is_gone(replace(dead, place="another machine")), "of which nothing is known"
    assert not is_gone(this_process())
    assert is_gone(replace(this_process(), born="1")), "its number was given to another process"
    take(folder, dead, look(folder))
    assert look(folder).generation == 2
    assert look(folder).is_over


def test_a_requeued_job_knows_that_its_first_run_is_over(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "77")
    before = replace(this_process(), place="another node")
    assert not is_gone(before)
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    assert is_gone(before)
    monkeypatch.setenv("SLURM_JOB_ID", "78")
    assert not is_gone(before)


def test_who_lost_a_lease_notices_at_the_next_beat_and_leaves_the_new_one_alone(folder):
    first = take(folder, this_process(), None)
    second = take(folder, this_process(), look(folder))
    assert second is not None
    assert take(folder, this_process(), replace(look(folder), generation=1)) is None, "generation 2 is taken"
    first.renew()
    assert first.lost
    first.release()
    assert not look(folder).released
    second.renew()
    assert not second.lost
    assert look(folder).beat == 1


def test_clearing_leaves_nothing_and_a_beat_after_it_brings_nothing_back(folder):
    first = take(folder, this_process(), None)
    second = take(folder, this_process(), look(folder))
    (folder / ".lease.1.json.77-ab.part").write_text("of a writer that was killed")
    second.clear()
    second.renew()
    second.release()
    first.renew()
    assert first.lost
    first.release()
    assert list(folder.iterdir()) == []
    assert look(folder) is None


OWNER = b'{"host": "h", "place": "p", "pid": %s, "born": "b", "job": "", "restart": 0, "token": "t"}'
SENSELESS = [
    b'{"owner": %s, "beat": %s, "released": %s}' % (OWNER % pid, beat, released)
    for pid, beat, released in (
        (b"1", b"1" * 5000, b"false"), (b"1", b"1e999", b"false"), (b"1", b"1", b"0"), (b"1", b"1", b'"no"'),
        (b"1" * 20, b"1", b"false"), (b"-1", b"1", b"false"), (b"true", b"1", b"false"),
        (b"1", b'1, "beat": 2', b"false"),
    )
]  # fmt: skip


@pytest.mark.parametrize("name", ["lease.\u00b2.json", f"lease.{'9' * 200}.json", "lease.-1.json", "lease.01.json"])
def test_a_number_that_no_lease_has_is_none(folder, name):
    write_atomic(folder / name, b"{}")
    assert look(folder) is None
    assert take(folder, this_process(), None).generation == 1


@pytest.mark.parametrize(
    "garbage",
    [b"", b"{", b"[]", b'{"owner": {}}', b"\xff\xfe", b"[" * 100_000, *SENSELESS],
    ids=range(6 + len(SENSELESS)),
)
def test_a_damaged_lease_is_waited_for_like_any_other(folder, garbage):
    write_atomic(folder / "lease.3.json", garbage)
    clock = Clock()
    observer = Observer(10, clock)
    assert not observer.free(folder, look(folder))
    clock.now = 10
    assert observer.free(folder, look(folder))
    assert take(folder, this_process(), look(folder)).generation == 4


def test_a_heart_beats_for_what_it_keeps(folder):
    import time

    heart, lease = Heart(beat_s=0.01), take(folder, this_process(), None)
    heart.keep(lease)
    deadline = time.monotonic() + 20
    while look(folder).beat < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    heart.drop(lease)  # else it beats through every test to come
    assert look(folder).beat >= 3
