"""`segaug retry`: run the failed trials of a study again, where and how the study was run."""

import os
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from segaug.cli.hydra_app import MULTIRUN, run_app
from segaug.cli.parser import add_config_dir

if TYPE_CHECKING:
    from pathlib import Path

    from segaug.cluster.retry import Again
    from segaug.cluster.scheduler import Cluster
    from segaug.experiment.config.trial import Trial
    from segaug.results.store import Json

KINDS = ("timeout", "oom", "nan", "killed", "mismatch", "artefact", "error")  # those of results/failure.py
SHOWN = 3  # trials of which the advice is told


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study and the kind of failure."""
    parser.add_argument("study", help="name under results/ or folder")
    parser.add_argument(
        "--only", choices=KINDS, help="trials that failed in this way; killed: lost with their job, too"
    )
    parser.add_argument(
        "--trust", action="store_true", help="the study is yours: repeat also what no file may say, such as shell"
    )
    add_config_dir(parser)
    parser.add_argument(
        "overrides", nargs="*", metavar="OPTION=VALUE", help="e.g. hydra.launcher.timeout_min=600 for the new jobs"
    )


def run(args: Namespace) -> int:
    """Run failed trials again; exit code 1 if one fails again."""
    from segaug.experiment.machine.process import SINGLE_THREAD

    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`
    from segaug.cluster.retry import commands, in_vain, wanted
    from segaug.results.store import find_study

    study = find_study(args.study)
    trials = wanted(study, args.only)
    if not trials:
        print(f"{study.name} has no failed trial" + (f" of the kind {args.only}" if args.only else ""))
        return 0
    folder = [f"--config-dir={args.config_dir}"] if args.config_dir else []
    for again in commands(study, trials):
        stored = _replaced(again.overrides, [*folder, *args.overrides])
        words = [*folder, *stored, *args.overrides]
        print(f"{len(again.trials)} trials again: {shlex.join(['segaug', 'train', *words])}", flush=True)
        _warn(in_vain(study, again.trials))
        if not args.trust:
            _check(stored, study)
        _run(again, words)
    return 0


def _replaced(stored: Iterable[str], typed: Iterable[str]) -> list[str]:
    """The stored words, without those that are typed anew."""
    keys = {word.partition("=")[0] for word in typed}
    return [word for word in stored if word.partition("=")[0] not in keys]


def _warn(failures: Sequence["Json"]) -> None:
    """What running again does not mend."""
    from segaug.cli.explain import path_of
    from segaug.cli.explanation import REMEDIES

    if not failures:
        return
    for failure in failures[:SHOWN]:
        first = failure["error"].partition("\n")[0]
        print(f"  {path_of(failure)}: {first}")
    more = f" and {len(failures) - SHOWN} more" if len(failures) > SHOWN else ""
    print(f"these{more} will fail again: {REMEDIES['artefact']}", flush=True)


def _check(words: Iterable[str], study: "Path") -> None:
    """A study may be a stranger's, and its command is repeated unread."""
    from segaug.errors import UserError
    from segaug.experiment.guard.stored_command import check_stored

    # `writing_into` has left no output= but its own.
    stored = [word for word in words if word not in MULTIRUN and not word.startswith("output=")]
    try:
        check_stored(stored, study)
    except UserError as error:
        raise UserError(f"{error}; or, where you know the whole command for yours, add --trust") from error


def _run(again: "Again", overrides: Sequence[str]) -> None:
    def here(trials: "Iterable[Trial]", *, workers: int | None, many: bool, command: str) -> "list[Json]":
        from segaug.cluster.retry import only
        from segaug.experiment.sweep.study import run_study

        return run_study(only(trials, again.trials), workers=workers, many=many, command=command)

    def on_cluster(trials: "Iterable[Trial]", cluster: "Cluster", command: str) -> "list[Json]":
        from segaug.cluster.retry import only
        from segaug.cluster.submit import submit_study

        submit_study(only(trials, again.trials), cluster, command)
        return []

    run_app("train", overrides, here, on_cluster)
