"""`segaug plan study=...`: what of a study is done, and what the rest costs, before anything is started."""

import json
import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from segaug.cli.hydra_app import MULTIRUN, run_app, sweeps
from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.cluster.scheduler import Cluster
    from segaug.cluster.settings import JobSettings
    from segaug.experiment.config.trial import Trial
    from segaug.results.store import Json

JSON, PROBE = "--json", "--probe"


def run(words: Sequence[str]) -> int:
    """Print the plan of the sweep that these arguments of `segaug train` describe; nothing is started, unless --probe.

    --probe trains one trial for each model and strategy and forecasts from them; their records count.
    """
    from segaug.experiment.machine.process import SINGLE_THREAD

    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`
    if {JSON, PROBE} <= set(words):
        raise ConfigError(key="--json", problem="does not go with --probe", fix="probe first, then ask again for JSON")
    overrides = [word for word in words if word not in (JSON, PROBE)]
    if sweeps(overrides) and not set(MULTIRUN) & set(overrides):
        overrides.insert(0, MULTIRUN[0])  # a question starts nothing, so what is meant may be guessed
    show = partial(_show, as_json=JSON in words, probe=PROBE in words)

    def here(trials: "Iterable[Trial]", *, workers: int | None, many: bool, command: str) -> "list[Json]":
        return show(trials, None, workers, command)

    def on_cluster(trials: "Iterable[Trial]", cluster: "Cluster", command: str) -> "list[Json]":
        return show(trials, cluster.settings, None, command)

    run_app("plan", overrides, here, on_cluster, more=(JSON, PROBE))
    return 0


def _show(
    trials: "Iterable[Trial]",
    settings: "JobSettings | None",
    workers: int | None,
    command: str,
    *,
    as_json: bool,
    probe: bool,
) -> "list[Json]":
    from pathlib import Path

    from segaug.cli.plan_study_output import print_survey
    from segaug.cluster.packs import MOST_PACKS
    from segaug.cluster.survey import as_json as plain
    from segaug.cluster.survey import probes, survey
    from segaug.errors import UserError
    from segaug.experiment.code.mixed_code import question
    from segaug.experiment.planned.absent import held, why_nothing
    from segaug.experiment.planned.memory import team_for
    from segaug.experiment.planned.plan import make_plan
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import Store

    plan = make_plan(trials, skip_large=True, here=settings is None, without_data=True)
    if not plan.asked:
        raise UserError(f"no trial to run: {why_nothing(plan.absent)}")
    config = plan.asked[0].trial.config
    store = Store(Path(config.output))
    if probe:
        from segaug.experiment.sweep.study import run_study  # imports what trains and draws cards

        missing = [planned for planned in plan.runnable if not store.finished(planned.id)]
        run_study([planned.trial for planned in probes(missing)], workers=workers, many=True, command=command)
    surveyed = survey(plan, store, weights=config.weights)
    jobs = None
    if settings is not None:
        from segaug.cluster.submit import packs_of

        jobs = len(packs_of(surveyed.left, surveyed.forecast, settings, MOST_PACKS))
    finished = Snapshot(store.folder, quiet=True).plain_trials()
    asked = question(surveyed.left, finished, store)
    if as_json:
        print(json.dumps({**plain(surveyed, plan, store, jobs), "mixed_code": asked and str(asked)}, indent=1))
    else:
        team = team_for(surveyed.left, workers, config.device) if settings is None else None
        print_survey(surveyed, plan, store, settings, jobs, team)
        if there := held(plan.absent, finished["task"]):
            print(there)
        if asked:
            print(f"`segaug train` will not begin: {asked}")
    return []
