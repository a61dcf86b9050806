"""Which of the learned policies of a study a command is about."""

from argparse import Namespace
from pathlib import Path

from segaug.analysis.policies.cells import PolicyCell, policy_cells
from segaug.cli.parser import choose
from segaug.errors import ConfigError, DataError
from segaug.results.keys import TRIAL
from segaug.results.snapshot import Snapshot
from segaug.results.trial_columns import Trial, read_trials

_LEARNING = "policy_learned, policy_class_specific or policy_joint"


def chosen(study: Path, args: Namespace) -> list[PolicyCell]:
    """Those that the options leave, of trials that converged; raises where nothing is left, naming what there is."""
    trials = [trial for trial in read_trials(Snapshot(study)) if trial["policies"]]
    if not trials:
        problem = "no trial in it has learned a policy"
        raise DataError(file=study, problem=problem, fix=f"train one: segaug train augment={_LEARNING}")
    for name in TRIAL:
        trials = _having(trials, name, getattr(args, name))
    if not (converged := [trial for trial in trials if trial["status"] == "ok"]):
        raise DataError(file=study, problem="all of these trials diverged", fix="choose others, or lower augment.beta")
    return policy_cells(converged)


def _having(trials: list[Trial], name: str, wanted: str | int | None) -> list[Trial]:
    if wanted is None:
        return trials
    if kept := [trial for trial in trials if trial[name] == wanted]:
        return kept
    problem = f"no policy was learned with {name} {wanted}"
    raise ConfigError(key=f"--{name}", problem=problem, fix=choose(str(wanted), map(str, _values(trials, name))))


def _values(trials: list[Trial], name: str) -> list[str | int]:
    return sorted({trial[name] for trial in trials})
