"""How much memory a worker will need, and how many workers therefore fit on this machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.available import available_mib
from segaug.experiment.machine.devices import default_workers, device_of
from segaug.experiment.planned.fitting import seen_form
from segaug.experiment.planned.plan import Planned

FIXED_MIB = 700.0  # of a worker that has imported everything, with weights, moments and a small data set
# For each pixel of a batch in training, at the width that is the default: `python benchmarks/memory.py` measures it.
KIB_PER_PIXEL = {"nnunet": 4.0, "swin_unet": 4.3, "attn_unet": 14.0, "unet": 2.2}
_WIDTHS = ("width", "feature_size")  # options that activations are proportional to


@dataclass(frozen=True)
class Team:
    """Workers on this machine; told: a line, where memory decides their number or may not suffice."""

    workers: int
    told: str | None = None


def kib_per_pixel(model: str) -> float:
    """Of a network by its name; one that nobody has measured counts as the greediest of those that were."""
    return KIB_PER_PIXEL.get(model, max(KIB_PER_PIXEL.values()))


def peak_mib(trial: Trial, size: int) -> float:
    """Most memory that a worker holds which trains this, on a CPU; size: images of its subset."""
    config, model = trial.config, trial.config.model
    batch = config.protocol.batch_size
    images = batch if config.protocol.count == "patients" else min(batch, size)
    of_network = kib_per_pixel(trial.model.partition("(")[0])
    wider = prod(getattr(model, name) / getattr(type(model)(), name) for name in _WIDTHS if hasattr(model, name))
    return FIXED_MIB + of_network * wider * images * prod(seen_form(config).size) / 1024


def most_mib(trials: Iterable[Planned]) -> float:
    """Of the worker that needs most: any of them may come to hold what the largest trial needs."""
    return max((peak_mib(each.trial, each.size + each.added) for each in trials), default=0.0)


def team_for(trials: Iterable[Planned], workers: int | None, device: str) -> Team:
    """How many workers these trials get here.

    workers: as the user asks for, which counts, whatever it costs; None: one per core, or as many as memory holds.
    On a GPU their number is not chosen by memory.
    """
    asked = workers or default_workers(device)
    left = available_mib() if device_of(device).type == "cpu" else None
    each = most_mib(trials)
    if left is None or not each or asked * each <= left:
        return Team(asked)
    fit = max(1, int(left / each))
    need = f"one takes up to {each / 1024:.1f} GiB and {left / 1024:.1f} GiB are free"
    if workers is None and fit < asked:
        return Team(fit, f"{fit} of {asked} workers: {need}; hydra.launcher.workers=N takes as many as you say")
    return Team(asked, f"memory may run out with {asked} {'worker' if asked == 1 else 'workers'}: {need}")
