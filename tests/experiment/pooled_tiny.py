"""Trials of a tiny study on two sources."""

from dataclasses import replace
from pathlib import Path

from segaug.data.pooled import Pooled
from segaug.experiment.config.trial import Trial

BASE, ADDED = "here", "there"
SOURCE = "defaults: [base_phantom, _self_]\nfamily: thorax\nstructure: lung\nimages: 60\nsize: 16\nseed: {seed}\n"


def pooled(trial: Trial, k: int, **other: object) -> Trial:
    """The same trial with k images of a second population added, drawn as the first one but for these options."""
    base = trial.config.dataset
    source = replace(base, **{"seed": base.seed + 1, **other})
    dataset = Pooled(base=BASE, added=[ADDED], k=k).with_sources({BASE: base, ADDED: source})
    return replace(trial, config=replace(trial.config, dataset=dataset), task=dataset.name(trial.task))


def write_configs(folder: Path, *names: str) -> Path:
    """A folder for --config-dir, `conf` in this one, with data sets of these names, of a population each."""
    home = folder / "conf" / "dataset"
    home.mkdir(parents=True)
    for seed, name in enumerate(names):
        (home / f"{name}.yaml").write_text(SOURCE.format(seed=seed))
    return home.parent
