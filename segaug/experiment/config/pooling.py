"""The data sets behind the names of `dataset=pooled`: each as its own config says, wherever that file lies."""

from difflib import get_close_matches

from hydra.core.config_loader import ConfigLoader

from segaug.data.pooled import ADDED, BASE, Pooled
from segaug.data.task import Dataset
from segaug.errors import ConfigError
from segaug.experiment.config.choice import kind, option


def with_sources(dataset: Pooled, loader: ConfigLoader) -> Pooled:
    """With each source composed by itself; raises ConfigError where there is none of that name, or it does not fit."""
    known = [name for name in loader.get_group_options("dataset") if not name.startswith("base_")]
    sources = {name: _source(dataset, name, known, loader) for name in (dataset.base, *dataset.added)}
    return dataset.with_sources(sources)


def _source(dataset: Pooled, name: str, known: list[str], loader: ConfigLoader) -> Dataset:
    key = BASE if name == dataset.base else ADDED
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ConfigError(key=key, problem=f"unknown data set {name!r}", fix=f"{hint}choose from: {', '.join(known)}")
    if kind(loader, "dataset", name) is Pooled:
        raise ConfigError(key=key, problem=f"{name} is pooled itself", fix="name the data sets that it is made of")
    with dataset.of_source(name):
        source: Dataset = option(loader, "dataset", name)
    return source
