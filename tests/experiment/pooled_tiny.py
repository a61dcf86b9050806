"""Trials of a tiny study on two sources."""

from dataclasses import replace

from segaug.data.pooled import Pooled
from segaug.experiment.config.trial import Trial

BASE, ADDED = "here", "there"


def pooled(trial: Trial, k: int, **other: object) -> Trial:
    """The same trial with k images of a second population added, drawn as the first one but for these options."""
    base = trial.config.dataset
    source = replace(base, **{"seed": base.seed + 1, **other})
    dataset = Pooled(base=BASE, added=[ADDED], k=k).with_sources({BASE: base, ADDED: source})
    return replace(trial, config=replace(trial.config, dataset=dataset), task=dataset.name(trial.task))
