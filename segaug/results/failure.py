"""The failure of a trial: what kind, which attempt, and what went wrong in the attempts before.

{"schema", "id", "task", "model", "strategy", "size", "seed", "kind", "attempt", "error", "traceback", "host",
 "finished", "earlier": [{"attempt", "kind", "error", "host", "finished"}, ...]}
"""

import re
from typing import Literal, get_args

from msgspec import Struct

from segaug.results.json_file import Json
from segaug.results.record import Positive, convert_or_say
from segaug.results.trial_key import TrialKey

Kind = Literal[
    "timeout",  # the time limit of the allocation
    "oom",  # out of memory, and the process lived to tell
    "nan",  # a loss or a metric that is not a number, raised as an error ("diverged" is a result instead)
    "killed",  # the worker process ended without a word: as a rule the kernel was out of memory
    "mismatch",  # code or configuration are not those that were submitted
    "artefact",  # what was learned before training must not be used; learning it again would give the same
    "error",  # anything else
]
KINDS: tuple[Kind, ...] = get_args(Kind)
EARLIER = ("attempt", "kind", "error", "host", "finished")
_KEPT = 20  # earlier attempts
_NOT_A_NUMBER = re.compile(r"\b(nan|not finite|non-finite|not a number)\b|not JSON compliant", re.IGNORECASE)
_NO_MEMORY = re.compile(r"out of memory|can't allocate memory|cannot allocate memory", re.IGNORECASE)


def kind_of(error: BaseException) -> Kind:
    """The kind of an error that a trial raised."""
    name, text = type(error).__name__, str(error)
    if name == "ArtefactFailed":  # whatever its sentence says
        return "artefact"
    if isinstance(error, MemoryError) or name == "OutOfMemoryError" or _NO_MEMORY.search(text):
        return "oom"
    if isinstance(error, FloatingPointError) or _NOT_A_NUMBER.search(text):
        return "nan"
    return "error"


class Attempt(Struct, frozen=True, gc=False):
    """How one attempt ended."""

    error: str
    attempt: Positive | None = 1
    kind: str | None = "error"
    host: str | None = ""
    finished: str | None = ""


class Failure(Attempt, frozen=True, gc=False, kw_only=True):
    """What a file must hold to be a failure, beside the key of its trial; it may hold more."""

    traceback: str = ""
    job: str = ""
    earlier: list[Attempt] = []


def is_failure(value: Json, trial_id: str) -> bool:
    """Is this what a trial left, and not something that only lies where that belongs?"""
    try:
        convert_or_say(value, Failure)
        return convert_or_say(value, TrialKey).id == trial_id
    except ValueError:
        return False


def next_attempt(failure: Json, before: Json | None) -> Json:
    """The failure with its attempt counted, and those before it in short."""
    if before is None:
        return {**failure, "attempt": 1, "earlier": []}
    short = {key: before.get(key) for key in EARLIER}
    return {**failure, "attempt": attempts(before) + 1, "earlier": [*before.get("earlier", []), short][-_KEPT:]}


def attempts(failure: Json | None) -> int:
    """How often the trial has failed so far."""
    return int(failure.get("attempt") or 1) if failure else 0
