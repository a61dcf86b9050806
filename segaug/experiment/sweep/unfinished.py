"""What of a plan its study already holds, and what is left to be run: a sweep and a submission both begin here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import pandas as pd

from segaug.experiment.code.mixed_code import check_code
from segaug.experiment.planned.plan import Plan, Planned, check_consistent, remember
from segaug.results.keys import CURVE
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, Store


def store_of_plan(plan: Plan) -> Store:
    """The study that its trials belong to."""
    return Store(Path(plan.asked[0].trial.config.output))


@dataclass(frozen=True)
class Unfinished:
    """The trials of a plan that have no record yet.  finished: those of the study that have, of its snapshot."""

    plan: Plan
    store: Store
    finished: pd.DataFrame
    todo: list[Planned]

    def begin(self, trials: Sequence[Planned], command: str) -> None:
        """Write down that these are run now; raises ConfigError where they would mix two codes in one study.

        command: what the user typed.
        """
        check_code(trials, self.finished, self.store)
        tracker = asdict(self.plan.asked[0].trial.config.tracker)
        remember(self.plan, self.store, {"tracker": tracker, "command": command})


def unfinished(plan: Plan) -> Unfinished:
    """Compare a plan with its study.

    Raises DataError where a record of one of its trials cannot be read, and ConfigError where the study holds a curve
    of other options or data under the same name.
    """
    store = store_of_plan(plan)
    snapshot = Snapshot(store.folder)
    finished = snapshot.plain_trials()
    snapshot.refuse_unreadable(planned.id for planned in plan.trials)
    first_of_each_curve = finished.drop_duplicates([*CURVE])[[*CURVE, "id", "dataset_hash"]].to_dict("records")
    check_consistent(plan, cast(list[Json], first_of_each_curve), lambda trial: dict(store.record(trial)["config"]))
    done = set(finished["id"])
    return Unfinished(plan, store, finished, [planned for planned in plan.trials if planned.id not in done])
