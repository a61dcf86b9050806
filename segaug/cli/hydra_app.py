"""What the verbs that are Hydra apps share: their arguments are Hydra's overrides and options."""

import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segaug.cli.parser import in_front, refuse_unknown

if TYPE_CHECKING:
    from segaug.cluster.launcher import OnCluster
    from segaug.experiment.sweep.launcher import Study

MULTIRUN = ("-m", "--multirun")


def helped(overrides: Sequence[str], text: str, **more: str) -> bool:
    """Print the help of a verb if it is asked for, and say so; Hydra's own would list the schemas as well.

    text: with the field `choices`, and a field for each of `more`.
    """
    asked = bool({"-h", "--help"} & set(overrides))
    if asked:
        print(text.format(choices=_choices(), **more))
    return asked


def _choices() -> str:
    """The config groups and their options, one group a line."""
    from segaug.cli.choices import groups
    from segaug.experiment.config.folders import conf_dir, studies_dir

    config_groups = groups([conf_dir(), studies_dir()])
    width = max(map(len, config_groups))
    return "\n".join(f"  {group:{width}}  {', '.join(options)}" for group, options in config_groups.items())


def settled_per_job(overrides: Sequence[str]) -> list[str]:
    """For a sweep: `augment.external=5` as a sweep over one value.

    Hydra checks a fixed option against the default choice of its group, before it looks at which choices are swept:
    `augment=regda,genda augment.external=5` would be refused, because the baseline has no such option.
    """
    if not any(word in MULTIRUN or word.startswith("study=") for word in overrides):
        return list(overrides)
    return [_as_choice(word) if _fixes(word) else word for word in overrides]


def _as_choice(word: str) -> str:
    option, _, value = word.partition("=")
    return f"{option}=choice({value})"


def _fixes(word: str) -> bool:
    """Does this override set an option of a config group to one value?"""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import OverrideParseException

    if not word.startswith(("augment.", "dataset.", "model.")):
        return False
    try:
        (parsed,) = OverridesParser.create().parse_overrides([word])
    except OverrideParseException:  # Hydra itself will say what is wrong
        return False
    return not parsed.is_sweep_override() and not parsed.is_delete()


def run_app(
    verb: str,
    overrides: Sequence[str],
    study: "Study",
    on_cluster: "OnCluster | None" = None,
    more: Sequence[str] = (),
) -> None:
    """Compose one trial, or with -m (or a study) all trials of a sweep, and hand them to `study`.

    on_cluster: what is done instead with hydra/launcher=slurm; None where that makes no sense.  more: options of the
    verb itself, which are no longer among the overrides.
    """
    import hydra
    from hydra.conf import HydraConf
    from hydra.core.config_loader import ConfigLoader
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig

    from segaug.cli.hydra_errors import one_line
    from segaug.cluster.launcher import ON_CLUSTER, register_clusters
    from segaug.experiment.config.choice import CONFIG_NAME
    from segaug.experiment.config.composed import trial_of
    from segaug.experiment.config.folders import conf_dir
    from segaug.experiment.guard.data_only import refuse_rerun
    from segaug.experiment.sweep.launcher import STUDY, register_plugins
    from segaug.internals.hydra import known_options

    kept: list[tuple[DictConfig, HydraConf, ConfigLoader]] = []

    def keep(composed: DictConfig) -> None:
        kept.append((composed, HydraConfig.get(), GlobalHydra.instance().config_loader()))

    refuse_unknown(overrides, [*known_options(), *more], f"segaug {verb}")
    refuse_rerun(overrides)
    register_plugins()
    register_clusters()
    STUDY.set(study)
    if on_cluster:
        ON_CLUSTER.set(on_cluster)
    os.environ["HYDRA_FULL_ERROR"] = "1"  # let errors through, to be told in one line, or with a whole traceback
    sys.argv = [f"segaug {verb}", *in_front(settled_per_job(overrides), MULTIRUN)]
    with one_line():
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=CONFIG_NAME)(keep)()
    if kept:  # by one run, or by Hydra's basic launcher; our own has run its trials by now
        trials = [
            trial_of(composed, own.runtime.choices, loader).in_folder(own.run.dir) for composed, own, loader in kept
        ]
        study(trials, workers=1, many=False, command=shlex.join(["segaug", verb, *overrides]))
