"""What `segaug prepare` does with the trials of a study: everything but the trials."""

import time
from collections.abc import Collection, Iterable

from segaug.errors import UserError
from segaug.experiment.artefacts.display import kinds_of
from segaug.experiment.artefacts.make_all import Preparation, prepare
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.stop import terminable
from segaug.experiment.planned.absent import left_out, why_nothing
from segaug.experiment.planned.plan import Plan, make_plan
from segaug.experiment.planned.progress import duration
from segaug.results.store import Json

MOST_TOLD = 10  # failures


class NotPrepared(UserError):
    """Some artefacts cannot be made, or must not be used; the others are there."""

    exit_code = 1  # not 2: the command was right


def prepare_study(trials: Iterable[Trial], *, workers: int | None, many: bool, command: str = "") -> list[Json]:
    """Make every artefact of these trials that is not there yet, and say what was there and what was made.

    Of a shard: its share of the artefacts of all trials, by their names.  Most are needed by trials of several shards,
    and one that grows would grow apart on machines that share nothing.
    The arguments are those of `run_study`; no record comes of it.  Raises NotPrepared at the end if any has failed.
    """
    start = time.monotonic()
    plan = make_plan(trials, skip_large=many)
    if not plan.asked:
        raise NotPrepared(f"nothing to prepare: {why_nothing(plan.absent)}")
    if plan.absent:
        print(left_out(plan.absent), flush=True)
    with terminable(at_once=many):  # workers are asked to end, and keep what they have learned, as this process does
        done = prepare(plan, plan.asked, workers=workers, in_process=not many, strict=True, shard=plan.shard)
    folder = store_of(plan.asked[0].trial.config).folder
    print(_told(done, plan, duration(time.monotonic() - start), str(folder)), flush=True)
    if done.failed:
        lines = [f"{name}: {reason}" for name, reason in sorted(done.failed.items())]
        more = [f"... and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
        raise NotPrepared("\n".join([f"{len(lines)} artefacts cannot be used", *lines[:MOST_TOLD], *more]))
    return []


def _told(done: Preparation, plan: Plan, took: str, folder: str) -> str:
    trials = len(plan.asked)
    if not (done.there or done.made or done.failed):
        if plan.shard:
            return (
                f"nothing to prepare: shard {plan.shard} holds nothing that these {trials} trials learn before training"
            )
        return f"nothing to prepare: the strategies of these {trials} trials learn nothing before training"
    share = f"shard {plan.shard} of what {trials} trials need" if plan.shard else f"for {trials} trials"
    return (
        f"{share}, in {took}: {len(done.there)} were there{_kinds(done.there)}, "
        f"{len(done.made)} made{_kinds(done.made)}, {len(done.failed)} failed; they lie in {folder}"
    )


def _kinds(names: Collection[str]) -> str:
    return f" ({kinds_of(names)})" if names else ""
