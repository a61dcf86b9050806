"""Hand out trials until each has a record or has failed, while other commands work on the same study.

Nothing here knows of training: `run` takes trials and answers with how each attempt ended.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence

from segaug.errors import UserError
from segaug.experiment.machine.stop import Terminated
from segaug.experiment.trial.attempt import Claim, Outcome, may_try_again, settles
from segaug.results.failure import attempts
from segaug.results.lease import Observer, look
from segaug.results.store import Json, Store

Run = Callable[[list[tuple[int, Claim]]], Iterable[tuple[int, Outcome]]]
POLL_S = 2.0


class SameErrors(UserError):
    """One error, over and over: something is wrong that further trials would only repeat."""

    exit_code = 1


def share(
    keys: Sequence[Json],
    store: Store,
    run: Run,
    waiting: Callable[[int], None],
    observer: Observer | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Generator[tuple[int, Outcome]]:
    """Yield (place in `keys`, outcome with a record or a failure), each place once.

    Trials that others hold come last: their records are waited for, and a trial whose holder is gone is run here.
    waiting: told how many trials are waited for.
    """
    observer = observer or Observer()
    open_ = {number: Claim(attempts=attempts(store.failure(key["id"]))) for number, key in enumerate(keys)}
    ready = list(open_)
    while open_:
        for number, outcome in run([(number, open_[number]) for number in ready]):
            if outcome.stopped:
                raise Terminated(outcome.stopped)
            if outcome.held:
                _free(keys[number], store, observer)  # its time runs from now on
            elif outcome.failure and may_try_again(outcome.failure):
                open_[number] = Claim(attempts=attempts(outcome.failure))
            else:
                del open_[number]
                yield number, outcome
        ready = []
        for number in tuple(open_):
            if settled := _settled(keys[number], store, open_[number]):
                del open_[number]
                yield number, settled
            elif _free(keys[number], store, observer):
                seen = look(store.record_path(keys[number]["id"]).parent)
                open_[number] = Claim(seen, open_[number].attempts)
                ready.append(number)
        if open_ and not ready:
            waiting(len(open_))
            sleep(POLL_S)


def _settled(key: Json, store: Store, claim: Claim) -> Outcome | None:
    if store.finished(key["id"]):
        return Outcome(record=store.record(key["id"]))
    failure = store.failure(key["id"])
    return Outcome(failure=failure) if failure and settles(failure, claim.attempts) else None


def _free(key: Json, store: Store, observer: Observer) -> bool:
    folder = store.record_path(key["id"]).parent
    return observer.free(folder, look(folder))


class Repeats:
    """Counts how often one error has come in a row, without any trial in between that went well."""

    def __init__(self, most: int) -> None:
        self.most, self.error, self.count = most, "", 0

    def add(self, outcome: Outcome) -> None:
        """Raise SameErrors at the limit; 0: there is none."""
        error = outcome.failure["error"] if outcome.failure else ""
        self.count = self.count + 1 if error and error == self.error else bool(error)
        self.error = error
        if self.most and self.count >= self.most:
            raise SameErrors(
                f"stopped early: {self.count} trials in a row failed with the same error, and none succeeded: "
                f"{error.partition(chr(10))[0]}; mend it and run the same command again, or set max_same_errors=0"
            )
