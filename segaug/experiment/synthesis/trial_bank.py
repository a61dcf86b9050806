"""The bank of images of one trial: learned here where it is missing, and named by the images of its task."""

from dataclasses import dataclass

from rich.console import Console

from segaug.augment.bank import Bank
from segaug.augment.strategy import Strategy
from segaug.data.task import Task
from segaug.errors import ConfigError
from segaug.experiment.artefacts.make_all import make_here
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.devices import device_of
from segaug.experiment.planned.allowed import seen_rows, trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import Planned, make_plan
from segaug.training.stopwatch import Stopwatch


@dataclass(frozen=True)
class TrialBank:
    """A bank, and whose images its places and nearest images are.

    rows: of the task, first the labelled subset, then the unlabelled images that the strategy sees.  artefacts: names
    of all that was learned for it, in the order of learning.
    """

    planned: Planned
    task: Task
    rows: tuple[int, ...]
    bank: Bank
    artefacts: tuple[str, ...]


def check_makes_images(trial: Trial) -> None:
    """Raise ConfigError where the strategy of a trial makes no images, before anything is decoded or learned."""
    if type(trial.config.augment).bank is Strategy.bank:
        names = [name for name, kind in STRATEGIES.items() if kind.bank is not Strategy.bank]
        fix = f"choose a strategy that does: {', '.join(names) or '(there is none)'}"
        raise ConfigError(key="augment", problem=f"{trial.strategy} makes no images beforehand", fix=fix)


def trial_bank(trial: Trial, console: Console) -> TrialBank:
    """The images that the trial would train on; what is missing is learned first, its progress goes to the console.

    Raises as `make_plan` does, and what is said of an artefact that must not be used.
    """
    check_makes_images(trial)
    plan = make_plan([trial], skip_large=False)
    (planned,), task = plan.trials, plan.tasks[trial.task]
    config = planned.trial.config
    parts = parts_of(planned, task, device_of(config.device))
    store = store_of(config)
    context = trial_context(config, parts, task, Stopwatch(), store.obtain)
    artefacts = config.augment.artefacts(context)
    make_here(artefacts, store, console)
    bank = config.augment.bank(config.augment.prepare(context))
    assert bank is not None, f"{trial.strategy}: `bank` gives none, though it says that there are some"
    seen = seen_rows(config.augment, task, parts.rows, parts.validation is not None)
    rows = (*parts.rows, *seen.get("unlabelled pool", ()))
    return TrialBank(planned, task, rows, bank, tuple(artefact.name for artefact in artefacts))
