"""`segaug submit`: the trials of a study as jobs of a Slurm cluster, without waiting for them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from segaug.cli.hydra_app import helped, run_app

if TYPE_CHECKING:
    from segaug.cluster.scheduler import Cluster
    from segaug.experiment.config.trial import Trial
    from segaug.results.store import Json

HELP = """\
usage: segaug submit [-m] [GROUP=OPTION ...] [OPTION=VALUE ...]

Send every trial of a sweep that has no record, and is in no job yet, to a Slurm
cluster, and return.  `segaug train ... hydra/launcher=slurm` does the same and waits.
The arguments are those of `segaug train`; hydra/launcher=slurm is implied.

choices:
{choices}

options of the jobs, each hydra.launcher.NAME=VALUE:
{options}

examples:
  segaug submit study=scaling_study hydra.launcher.partition=gpu hydra.launcher.gpus_per_node=1
  segaug status scaling_study          how far it is, from the records
  segaug cancel scaling_study          end its jobs; finished trials stay
  segaug retry scaling_study           run failed trials again
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Everything after `submit` goes to Hydra as it is."""
    parser.add_argument("overrides", nargs="*")


def run(args: Namespace) -> int:
    """Send the jobs of a sweep."""
    if helped(args.overrides, HELP, options=_options()):
        return 0
    run_app("submit", with_slurm(args.overrides), _refuse, _submit)
    return 0


def with_slurm(overrides: Sequence[str]) -> list[str]:
    """The arguments with hydra/launcher=slurm, unless they name a launcher."""
    if any(word.startswith("hydra/launcher=") for word in overrides):
        return list(overrides)
    return [*overrides, "hydra/launcher=slurm"]


def _options() -> str:
    from dataclasses import MISSING, fields

    from segaug.cluster.settings import JobSettings

    return "\n".join(
        f"  {setting.name} ({setting.default})" for setting in fields(JobSettings) if setting.default is not MISSING
    )


def _refuse(trials: "Iterable[Trial]", *, workers: int | None, many: bool, command: str) -> "list[Json]":
    from segaug.errors import ConfigError

    if not many:
        fix = "use -m, or study=NAME; a single trial is run by `segaug train`"
        raise ConfigError(key="segaug submit", problem="these arguments describe one trial, not a sweep", fix=fix)
    fix = "leave it out, or use hydra/launcher=slurm; `segaug train` runs studies on this machine"
    raise ConfigError(key="hydra/launcher", problem="is not a cluster", fix=fix)


def _submit(trials: "Iterable[Trial]", cluster: "Cluster", command: str) -> "list[Json]":
    from segaug.cluster.submit import submit_study

    study = submit_study(trials, cluster, command)
    name, done = study.store.folder.name, len(study.plan.trials) - len(study.todo)
    print(f"{len(study.plan.trials)} trials: {done} done, {len(study.todo)} in the queue")
    if study.live:
        print(f"how far they are: `segaug status {name}`; end them: `segaug cancel {name}`")
    return []
