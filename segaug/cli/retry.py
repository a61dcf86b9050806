"""`segaug retry`: run the failed trials of a study again, where and how the study was run."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from segaug.cli.hydra_app import run_app

if TYPE_CHECKING:
    from segaug.cluster.retry import Again
    from segaug.cluster.scheduler import Cluster
    from segaug.experiment.trial import Trial
    from segaug.results.store import Json

KINDS = ("timeout", "oom", "nan", "killed", "mismatch", "error")  # those of results/failure.py


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study and the kind of failure."""
    parser.add_argument("study", help="name under results/ or folder")
    parser.add_argument(
        "--only", choices=KINDS, help="trials that failed in this way; killed: lost with their job, too"
    )
    parser.add_argument(
        "overrides", nargs="*", metavar="OPTION=VALUE", help="e.g. hydra.launcher.timeout_min=600 for the new jobs"
    )


def run(args: Namespace) -> int:
    """Run failed trials again; exit code 1 if one fails again."""
    from segaug.experiment.workers import SINGLE_THREAD

    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`
    from segaug.cluster.retry import commands, wanted
    from segaug.results.store import find_study

    study = find_study(args.study)
    trials = wanted(study, args.only)
    if not trials:
        print(f"{study.name} has no failed trial" + (f" of the kind {args.only}" if args.only else ""))
        return 0
    for again in commands(study, trials):
        print(f"{len(again.trials)} trials again: segaug train {' '.join(again.overrides)}", flush=True)
        _run(again, args.overrides)
    return 0


def _run(again: "Again", overrides: list[str]) -> None:
    def here(trials: "Iterable[Trial]", *, workers: int | None, many: bool, command: str) -> "list[Json]":
        from segaug.cluster.retry import only
        from segaug.experiment.sweep import run_study

        return run_study(only(trials, again.trials), workers=workers, many=many, command=command)

    def on_cluster(trials: "Iterable[Trial]", cluster: "Cluster", command: str) -> "list[Json]":
        from segaug.cluster.retry import only
        from segaug.cluster.submit import submit_study

        submit_study(only(trials, again.trials), cluster, command)
        return []

    replaced = {word.partition("=")[0] for word in overrides}
    kept = [word for word in again.overrides if word.partition("=")[0] not in replaced]
    run_app("train", [*kept, *overrides], here, on_cluster)
