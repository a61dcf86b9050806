"""`segaug train`: a Hydra app; its arguments are Hydra's overrides and options."""

import os
import shlex
import sys
from argparse import ArgumentParser, Namespace

HELP = """\
usage: segaug train [-m] [GROUP=OPTION ...] [OPTION=VALUE ...]

Train one trial, or with -m every combination of the options that are lists.

choices:
{choices}

options, for example:
  augment.p=0.5  dataset.root=/path  protocol.length=128  'seed=range(20)'  name=my_study
  hydra.launcher.workers=4    processes of a multirun; default: one per core
  device=cuda:1  threads=1  weights=true  output=FOLDER  cache=FOLDER

  --cfg job      print the configuration and stop: every option with its value
  --config-dir   a folder with config groups of your own
  --hydra-help   what else Hydra offers

examples:
  segaug train dataset=hippocampus augment=red scale=n16 seed=3
  segaug train -m augment=baseline,red scale=n4,n8,n16,n32 'seed=range(5)' name=my_study
  segaug train study=quick
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Everything after `train` goes to Hydra as it is."""
    parser.add_argument("overrides", nargs="*")


def help_text() -> str:
    """What can be chosen, and how; Hydra's own help would list the schemas as well."""
    from segaug.cli.choices import groups
    from segaug.experiment.folders import conf_dir, studies_dir

    found = groups([conf_dir(), studies_dir()])
    width = max(map(len, found))
    choices = "\n".join(f"  {group:{width}}  {', '.join(options)}" for group, options in found.items())
    return HELP.format(choices=choices)


def run(args: Namespace) -> int:
    """Train one trial, or with -m (or a study) all missing trials of a sweep."""
    from segaug.experiment.workers import SINGLE_THREAD

    if {"-h", "--help"} & set(args.overrides):
        print(help_text())
        return 0
    os.environ.update(SINGLE_THREAD)  # before numpy: a trial of this process equals that of a worker, bit for bit
    import hydra
    from hydra.conf import HydraConf
    from hydra.core.config_loader import ConfigLoader
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig

    from segaug.cli.hydra_errors import one_line
    from segaug.experiment.compose import CONFIG_NAME, trial_of
    from segaug.experiment.folders import conf_dir
    from segaug.experiment.launcher import register_plugins
    from segaug.experiment.sweep import run_study

    kept: list[tuple[DictConfig, HydraConf, ConfigLoader]] = []

    def keep(composed: DictConfig) -> None:
        kept.append((composed, HydraConfig.get(), GlobalHydra.instance().config_loader()))

    register_plugins()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # let errors through, to be told in one line, or with a whole traceback
    sys.argv = ["segaug train", *args.overrides]
    with one_line():
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=CONFIG_NAME)(keep)()
    if kept:  # by one run, or by Hydra's basic launcher; our own has run its trials by now
        trials = [trial_of(one, own.runtime.choices, loader).in_folder(own.run.dir) for one, own, loader in kept]
        run_study(trials, workers=1, many=False, command=shlex.join(["segaug", "train", *args.overrides]))
    return 0
