"""Several commands on one study: every trial once, everybody ends with all, whoever dies."""

import threading
from collections import Counter

import pytest

from segaug.experiment.machine.stop import REQUEST, Stopped, Terminated
from segaug.experiment.sweep.sharing import Repeats, SameErrors, share
from segaug.experiment.trial.attempt import Outcome, attempt, fail
from segaug.results.lease import Heart, Observer, look, take
from segaug.results.owner import this_process
from segaug.results.store import Store
from tests.results.test_lease import ELSEWHERE
from tests.synthetic import record

RECORDS = [record("thorax", "nnunet", "red", 4, seed) for seed in range(12)]
KEYS = [{key: one[key] for key in ("id", "task", "model", "strategy", "size", "seed")} for one in RECORDS]
QUIET = Heart(beat_s=3600)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study")


def runner(store, train=lambda number: RECORDS[number]):
    """Attempts in this process, one after the other; `train` makes the record of a number."""

    def run(claims):
        for number, claim in claims:
            yield number, attempt(store, KEYS[number], lambda _, number=number: train(number), claim, QUIET)

    return run


def everything(store, run, **how):
    how = {"waiting": lambda _: None, "sleep": lambda _: None, **how}
    return dict(share(KEYS, store, run, **how))


def test_two_commands_at_once_run_each_trial_once_and_both_end_with_all(store):
    ran, ends = Counter(), []
    barrier = threading.Barrier(2)

    def train(number):
        ran[number] += 1
        threading.Event().wait(0.01)
        return RECORDS[number]

    def command():
        barrier.wait()
        ends.append(everything(store, runner(store, train), sleep=lambda _: threading.Event().wait(0.01)))

    threads = [threading.Thread(target=command) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == dict.fromkeys(range(len(KEYS)), 1)
    assert len(ends) == 2
    for end in ends:
        assert {number: outcome.record["id"] for number, outcome in end.items()} == {
            number: key["id"] for number, key in enumerate(KEYS)
        }
    assert not list(store.folder.glob("trials/*/other-*"))
    assert not list(store.folder.glob("trials/*/lease*"))


def test_a_trial_whose_holder_on_another_machine_is_silent_is_taken_over(store):
    folder = store.record_path(KEYS[3]["id"]).parent
    take(folder, ELSEWHERE, None)
    clock, waits = [0.0], []

    def sleep(seconds):
        clock[0] += seconds

    end = everything(store, runner(store), observer=Observer(30, lambda: clock[0]), sleep=sleep, waiting=waits.append)
    assert len(end) == len(KEYS)
    assert list(end)[-1] == 3, "what others hold comes last"
    assert 28 <= clock[0] <= 34
    assert set(waits) == {1}


def test_a_record_that_somebody_else_writes_ends_the_wait(store):
    take(store.record_path(KEYS[3]["id"]).parent, ELSEWHERE, None)
    end = everything(store, runner(store), sleep=lambda _: store.write_record(RECORDS[3]))
    assert end[3].record["id"] == KEYS[3]["id"]


def test_what_failed_elsewhere_meanwhile_is_not_tried_again_and_an_old_failure_is(store):
    fail(store, KEYS[0], "an old one", "")
    take(store.record_path(KEYS[3]["id"]).parent, ELSEWHERE, None)
    end = everything(store, runner(store), sleep=lambda _: fail(store, KEYS[3], "ValueError: boom", ""))
    assert end[0].record
    assert end[3].failure["error"] == "ValueError: boom"
    assert end[3].failure["attempt"] == 1


def test_a_killed_worker_costs_one_more_attempt_and_then_a_failure(store):
    ran = Counter()

    def run(claims):
        for number, claim in claims:
            ran[number] += 1
            if number == 5 or (number == 2 and ran[2] == 1):
                yield number, Outcome(failure=fail(store, KEYS[number], "the worker process was killed", "", "killed"))
            else:
                yield from runner(store)([(number, claim)])

    end = everything(store, run)
    assert (ran[2], ran[5]) == (2, 2)
    assert end[2].record
    assert (end[5].failure["attempt"], end[5].failure["kind"]) == (2, "killed")
    assert len(end[5].failure["earlier"]) == 1


def test_a_stop_request_leaves_nothing_and_gives_the_trial_back(store):
    def train(number):
        if number == 4:
            REQUEST.number = 15
            REQUEST.safe_point()
        return RECORDS[number]

    try:
        with pytest.raises(Terminated):
            everything(store, runner(store, train))
    finally:
        REQUEST.number = 0
    assert len(store.records()) == 4
    assert store.failures() == []
    assert look(store.record_path(KEYS[4]["id"]).parent).released
    assert len(everything(store, runner(store))) == len(KEYS)


def test_who_lost_the_trial_stops_and_does_not_count_it_as_failed(store):
    folder = store.record_path(KEYS[0]["id"]).parent
    heart = Heart(beat_s=0.01)

    def train(safe_point):
        take(folder, ELSEWHERE, look(folder))
        while True:
            safe_point()
            threading.Event().wait(0.01)

    from segaug.experiment.trial.attempt import Claim

    assert attempt(store, KEYS[0], train, Claim(), heart) == Outcome(held=True)
    assert store.failures() == []
    assert not look(folder).released


def test_ctrl_c_gives_the_trial_back(store):
    def train(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        everything(store, runner(store, train))
    assert look(store.record_path(KEYS[0]["id"]).parent).released
    assert store.failures() == []


def test_the_same_error_over_and_over_stops_the_sweep(store):
    repeats = Repeats(3)
    bad, other = (Outcome(failure={"error": text}) for text in ("ValueError: boom\ntrace", "OSError: disk"))
    for outcome in (bad, bad, other, bad, bad, Outcome(record={}), bad, bad):
        repeats.add(outcome)
    with pytest.raises(SameErrors, match=r"3 trials in a row .* ValueError: boom; mend it"):
        repeats.add(bad)
    never = Repeats(0)
    for _ in range(100):
        never.add(bad)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), "oom"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "oom"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to"), "oom"),
        (FloatingPointError("overflow"), "nan"),
        (RuntimeError("Function 'MulBackward0' returned nan values in its 0th output."), "nan"),
        (ValueError("Out of range float values are not JSON compliant: nan"), "nan"),
        (ValueError("the finance department is banned"), "error"),
    ],
)
def test_failures_are_of_a_kind(store, error, kind):
    def train(number):
        raise error

    end = everything(store, runner(store, train))
    assert {outcome.failure["kind"] for outcome in end.values()} == {kind}
    assert {failure["kind"] for failure in store.failures()} == {kind}
    assert type(error).__name__ in end[0].failure["error"]


def test_attempts_count_up_and_remember(store):
    for text in ("first", "second", "third"):
        fail(store, KEYS[0], text, "a long traceback")
    (failure,) = store.failures()
    assert failure["attempt"] == 3
    assert [(one["attempt"], one["error"]) for one in failure["earlier"]] == [(1, "first"), (2, "second")]


def test_the_second_record_of_a_trial_is_kept_and_compared(store):
    store.write_record(RECORDS[0])
    again = {**RECORDS[0], "run": {**RECORDS[0]["run"], "host": "another"}}
    other = {**RECORDS[0], "test": {**RECORDS[0]["test"], "last": None}, "warnings": ["odd"]}
    assert store.write_record(again)["run"] == RECORDS[0]["run"], "the first one counts"
    store.write_record(other)
    assert [rival.differs for rival in store.rivals(KEYS[0]["id"])] == [(), ("test.last", "warnings")]
    assert store.record(KEYS[0]["id"])["test"] == RECORDS[0]["test"]


def test_stopped_is_no_failure():
    assert not isinstance(Stopped(), KeyboardInterrupt)
    assert isinstance(Terminated(), KeyboardInterrupt)
    assert Terminated(15).exit_code == 143
    assert this_process().pid
