"""Which trials of a study are to be run again, and the commands that they came from."""

import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from segaug.cluster.submission import submissions
from segaug.cluster.submit import live_submissions, pending_trials
from segaug.errors import ConfigError, DataError
from segaug.experiment.config.trial import Trial
from segaug.experiment.planned.plan import make_plan
from segaug.results.command import writing_into
from segaug.results.plan_pieces import pieces, trials_of
from segaug.results.store import Json, Store

REPEATED = "artefact"  # the kind that is kept, and found again
LOST = "killed"  # the kind of trials that a job began, or should have, and that left no word


@dataclass(frozen=True)
class Again:
    """Trials to run again, by the command that asked for them."""

    overrides: tuple[str, ...]  # of `segaug train`
    trials: frozenset[str]


def wanted(study: Path, kind: str | None) -> set[str]:
    """Ids of the trials that failed (in this way), or that were lost with a job that is gone."""
    store = Store(study)
    failed = {failure["id"] for failure in store.failures() if kind is None or failure["kind"] == kind}
    return failed | (lost(store) if kind in (None, LOST) else set())


def in_vain(study: Path, trials: Collection[str]) -> list[Json]:
    """Failures of those of these trials that will fail again unless an option changes."""
    return [failure for failure in Store(study).failures() if failure["kind"] == REPEATED and failure["id"] in trials]


def lost(store: Store) -> set[str]:
    """Trials that were sent to a cluster, have neither record nor failure, and are in no live job."""
    sent = {trial for submission in submissions(store.folder) for pack in submission.facts()["packs"] for trial in pack}
    open_ = {trial for trial in sent if not (store.record_path(trial).is_file() or store.failure_path(trial).is_file())}
    if open_:
        open_ -= {trial for submission in live_submissions(store.folder) for trial in pending_trials(submission)}
    return open_


def commands(study: Path, trials: Collection[str]) -> list[Again]:
    """The last command that asked for each of these trials, writing into the folder where the study lies now.

    Raises DataError where the study holds none.  What it holds is not checked: see `stored_command.py`.
    """
    left = set(trials)
    repeats = []
    for piece in reversed(pieces(study)):
        words = shlex.split(piece.get("command") or "")
        if words[:1] != ["segaug"]:
            continue
        asked = left & {trial["id"] for trial in trials_of(piece)}
        left -= asked
        if asked:
            repeats.append(Again(tuple(writing_into(words[2:], study)), frozenset(asked)))
    if not repeats:
        fix = "type the command that asked for them"
        raise DataError(file=study, problem="holds no `segaug train` command of these trials", fix=fix)
    return repeats


def only(trials: Iterable[Trial], ids: Collection[str]) -> list[Trial]:
    """The trials of a command that have these ids; raises ConfigError where it asks for none of them any more."""
    plan = make_plan(trials, skip_large=True, here=False)
    chosen = [planned.trial for planned in plan.trials if planned.id in ids]
    if not chosen:
        raise ConfigError(
            key="OPTION=VALUE",
            problem=f"none of the {len(ids)} failed trials is asked for any more: an option or the data has changed, "
            "which makes other trials",
            fix="to run these, give the option to `segaug train`, under another name=...",
        )
    return chosen
