"""`segaug train`: a Hydra app; its arguments are Hydra's overrides and options."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from segaug.cli.hydra_app import helped, run_app

if TYPE_CHECKING:
    from segaug.cluster.scheduler import Cluster
    from segaug.experiment.config.trial import Trial
    from segaug.results.store import Json

HELP = """\
usage: segaug train [-m] [GROUP=OPTION ...] [OPTION=VALUE ...]

Train one trial, or with -m every combination of the options that are lists.

choices:
{choices}

options, for example:
  augment.p=0.5  dataset.root=/path  protocol.length=128  'seed=range(20)'  name=my_study
  hydra.launcher.workers=4    processes of a multirun; default: one per core, or as many as memory holds;
                              on GPUs hydra.launcher.per_gpu=1 on each
  hydra/launcher=slurm        a multirun as jobs of a cluster: hydra.launcher.partition=NAME and more, docs/clusters.md
  shard=2/4                   the second of four shares of the trials, where machines share no folder: docs/shards.md
  device=cuda:1  threads=1  weights=true  output=FOLDER  cache=FOLDER
  mixed_code=true             go on with a study whose trials were trained by other code than is installed now

  --cfg job      print the configuration and stop: every option with its value
  --config-dir   a folder with config groups of your own
  --hydra-help   what else Hydra offers

examples:
  segaug train dataset=hippocampus augment=red scale=n16 seed=3
  segaug train -m augment=baseline,red scale=n4,n8,n16,n32 'seed=range(5)' name=my_study
  segaug train study=quick
  segaug train study=scaling_study shard=2/4 output=shard
  segaug train study=scaling_study hydra/launcher=slurm hydra.launcher.partition=gpu hydra.launcher.gpus_per_node=1
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Everything after `train` goes to Hydra as it is."""
    parser.add_argument("overrides", nargs="*")


def run(args: Namespace) -> int:
    """Train one trial, or with -m (or a study) all missing trials of a sweep."""
    from segaug.experiment.machine.process import SINGLE_THREAD

    if helped(args.overrides, HELP):
        return 0
    os.environ.update(SINGLE_THREAD)  # before numpy: a trial of this process equals that of a worker, bit for bit
    from segaug.experiment.sweep.study import run_study

    run_app("train", args.overrides, run_study, _on_cluster)
    return 0


def _on_cluster(trials: "Iterable[Trial]", cluster: "Cluster", command: str) -> "list[Json]":
    from segaug.cluster.submit import submit_study
    from segaug.cluster.waiting import wait

    return wait(submit_study(trials, cluster, command))
