"""What the verbs that are Hydra apps share: their arguments are Hydra's overrides and options."""

import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from segaug.cli.parser import in_front, refuse_unknown
from segaug.errors import UserError

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

    from segaug.cluster.launcher import OnCluster
    from segaug.experiment.sweep.launcher import Study

MULTIRUN = ("-m", "--multirun")


def helped(overrides: Sequence[str], text: str, **more: str) -> bool:
    """Print the help of a verb if it is asked for, and say so; Hydra's own would list the schemas as well.

    text: with the field `choices`, and a field for each of `more`.
    """
    asked = bool({"-h", "--help"} & set(overrides))
    if asked:
        print(text.format(choices=_choices(overrides), **more))
    return asked


def _choices(words: Sequence[str]) -> str:
    """The config groups and their options, one group a line."""
    from segaug.cli.choices import config_folders, groups

    config_groups = groups(config_folders(words))
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


def sweeps(overrides: Sequence[str]) -> bool:
    """Does any of them name several values?"""
    return any(parsed.is_sweep_override() for parsed in map(_parsed, overrides) if parsed is not None)


def _refuse_two_runs(words: Sequence[str]) -> None:
    """Hydra's own options for printing a config print that of one trial."""
    printing = next((word for word in words if word.partition("=")[0] in ("--cfg", "--info", "-c", "-i")), None)
    if printing and set(MULTIRUN) & set(words):
        raise UserError(
            f"{printing} prints the configuration of one trial, and -m asks for many; leave one of them out"
        )


def _as_choice(word: str) -> str:
    option, _, value = word.partition("=")
    return f"{option}=choice({value})"


def _fixes(word: str) -> bool:
    """Does this override set an option of a config group to one value?"""
    if not word.startswith(("augment.", "dataset.", "model.")):
        return False
    parsed = _parsed(word)
    return parsed is not None and not parsed.is_sweep_override() and not parsed.is_delete()


def _parsed(word: str) -> "Override | None":
    """None for what is no override: Hydra itself will say what is wrong."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(word)
    except HydraException:
        return None


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
    from hydra.core.config_loader import ConfigLoader
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import DictConfig

    from segaug.cli.composing import tell_of_own
    from segaug.cli.hydra_errors import one_line
    from segaug.cluster.launcher import ON_CLUSTER, register_clusters
    from segaug.experiment.config.choice import CONFIG_NAME
    from segaug.experiment.config.composed import trial_of
    from segaug.experiment.config.folders import conf_dir
    from segaug.experiment.guard.data_only import refuse_rerun
    from segaug.experiment.sweep.launcher import STUDY, register_plugins
    from segaug.internals.hydra import known_options

    kept: list[tuple[DictConfig, DictConfig, ConfigLoader]] = []

    def keep(composed: DictConfig) -> None:
        kept.append((composed, cast(DictConfig, HydraConfig.get()), GlobalHydra.instance().config_loader()))

    refuse_unknown(overrides, [*known_options(), *more], f"segaug {verb}")
    refuse_rerun(overrides)
    _refuse_two_runs(overrides)
    tell_of_own(overrides)
    register_plugins()
    register_clusters()
    STUDY.set(study)
    if on_cluster:
        ON_CLUSTER.set(on_cluster)
    os.environ["HYDRA_FULL_ERROR"] = "1"  # let errors through, to be told in one line, or with a whole traceback
    sys.argv = [f"segaug {verb}", *in_front(settled_per_job(overrides), known_options())]
    with one_line():
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=CONFIG_NAME)(keep)()
        trials = [trial_of(composed, own, loader).in_folder(own.run.dir) for composed, own, loader in kept]
    if trials:  # by one run, or by Hydra's basic launcher; our own has run its trials by now
        study(trials, workers=1, many=False, command=shlex.join(["segaug", verb, *overrides]))
