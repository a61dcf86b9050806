"""One attempt at a trial: take its lease, run it, leave its record or its failure; knows nothing of training."""

import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from segaug.errors import DataError
from segaug.experiment.machine.stop import REQUEST, SafePoint, Stopped
from segaug.files import partial_files
from segaug.results.failure import Kind, attempts, kind_of
from segaug.results.inside import TRIALS, inside
from segaug.results.lease import Heart, Lease, Seen, look, take
from segaug.results.owner import job_here, this_process
from segaug.results.store import Json, Store

Train = Callable[[SafePoint], Json]  # -> record
MOST_KILLED = 2  # attempts, if the process is killed in each: the memory may have been another's
_HEART = Heart()


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.  A record or failure is on disk by then; held: somebody else works on the trial."""

    record: Json | None = None
    failure: Json | None = None
    held: bool = False
    stopped: int = 0  # by which signal
    kept: bool = False  # of one that was stopped: something that it needs was made, and will be there


@dataclass(frozen=True)
class Claim:
    """What the one who hands out trials knows of this one."""

    free: Seen | None = None  # a lease that has not moved for too long, so that it may be taken over
    attempts: int = 0  # failures that it knows of: a further one is another worker's, and settles the trial


def attempt(store: Store, key: Json, train: Train, claim: Claim, heart: Heart = _HEART) -> Outcome:
    """Run one trial unless it is done or held; never raises, except when interrupted."""
    try:
        folder = inside(store.folder, TRIALS, key["id"])
        seen = look(folder)
        if seen is not None and not seen.is_over and seen != claim.free:
            return Outcome(held=True)
        lease = take(folder, this_process(), seen)
    except (OSError, DataError) as error:  # nothing can be written here
        return Outcome(failure=fail(store, key, f"{type(error).__name__}: {error}", traceback.format_exc()))
    if lease is None:
        return Outcome(held=True)
    heart.keep(lease)
    try:
        return _under(lease, store, key, train, claim)
    finally:
        heart.drop(lease)
        with suppress(OSError):  # it then looks as if this process had been killed, which others can cope with
            lease.release()


def _under(lease: Lease, store: Store, key: Json, train: Train, claim: Claim) -> Outcome:
    def safe_point() -> None:
        REQUEST.safe_point()
        if lease.lost:
            raise Stopped("somebody else took the trial over")

    try:
        if store.finished(key["id"]):  # asked again, for it may have been written until the lease was taken
            record = store.record(key["id"])
        elif (failure := store.failure(key["id"])) and settles(failure, claim.attempts):
            return Outcome(failure=failure)
        else:
            for partial in partial_files(
                store.record_path(key["id"])
            ):  # of a worker that was killed: we hold its trial
                partial.unlink(missing_ok=True)
            safe_point()
            record = train(safe_point)
            safe_point()
            record = store.write_record(record)
        with suppress(OSError):  # whoever looks for a lease finds the record first
            lease.clear()
        return Outcome(record=record)
    except Stopped as stopped:
        return Outcome(held=True) if lease.lost else Outcome(stopped=REQUEST.number, kept=stopped.kept)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return Outcome(failure=fail(store, key, message, traceback.format_exc(), kind_of(error)))


def of_dead(store: Store, key: Json, reason: str) -> Outcome:
    """What an attempt left whose process ended without an answer: as a rule nothing, but its record may be there."""
    if store.finished(key["id"]):
        return Outcome(record=store.record(key["id"]))
    return Outcome(failure=fail(store, key, reason, "", "killed"))


def settles(failure: Json, known: int) -> bool:
    """Has somebody else tried in vain since, so that trying again would only fail again?"""
    return attempts(failure) > known and not may_try_again(failure)


def may_try_again(failure: Json) -> bool:
    """Was the process killed, and not too often?"""
    return failure.get("kind") == "killed" and attempts(failure) < MOST_KILLED


def fail(store: Store, key: Json, error: str, trace: str, kind: Kind = "error") -> Json:
    """Leave a failure in the store, and return it."""
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"kind": kind, "error": error, "traceback": trace, "host": socket.gethostname(), "finished": finished}
    failure = {**key, **facts, "job": job_here()[0]}
    # a full disk, a link: the failure is told on the screen at least, and the sweep goes on
    with suppress(OSError, DataError):
        failure = store.write_failure(failure)
    return failure
