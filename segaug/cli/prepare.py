"""`segaug prepare`: learn ahead what the strategies of `segaug train` learn before training."""

import os
from argparse import ArgumentParser, Namespace

from segaug.cli.hydra_app import helped, run_app

HELP = """\
usage: segaug prepare [-m] [GROUP=OPTION ...] [OPTION=VALUE ...]

Learn what the strategies of a trial or a sweep learn before training (momenta of
image pairs, generators, diffusion models and the images that they paint), and
keep it in the cache, where `segaug train` finds it. `segaug train` does the same
on its own; prepare it ahead to share one cache between the jobs of a cluster.

The arguments are those of `segaug train`. What is there already is not made again,
and after an interruption the same command goes on: inside of a training, too,
from what was kept a minute ago at most. Several of these commands may
run at once, beside `segaug train` too: each artefact is made by one of them.

choices:
{choices}

options, for example:
  hydra.launcher.workers=4    processes of a multirun; default: one per core
  shard=2/4                   the second of four shares of what is to be learned: docs/shards.md
  device=cuda:1  cache=FOLDER

examples:
  segaug prepare study=topology_aware
  segaug prepare -m augment=regda,genda dataset=hippocampus scale=n4,n16 'seed=range(5)'
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Everything after `prepare` goes to Hydra as it is."""
    parser.add_argument("overrides", nargs="*")


def run(args: Namespace) -> int:
    """Make every artefact that is missing; exit code 1 if one cannot be made, or must not be used."""
    from segaug.experiment.machine.process import SINGLE_THREAD

    if helped(args.overrides, HELP):
        return 0
    os.environ.update(SINGLE_THREAD)  # before numpy, as in `segaug train`
    from segaug.experiment.artefacts.prepare_study import prepare_study

    run_app("prepare", args.overrides, prepare_study)
    return 0
