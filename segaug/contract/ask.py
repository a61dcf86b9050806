"""Asks a strategy, a model or a data set for all that its kind promises."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from segaug.augment.strategy import Strategy
from segaug.contract import aside, augmenting, datasets, networks, patches, predicting, u_shaped
from segaug.contract.datasets import TriedSet
from segaug.contract.learning import Learning
from segaug.contract.networks import TriedModel
from segaug.contract.promise import Promise, Subject, Verdict, verdict
from segaug.contract.tried import Tried
from segaug.data.task import Dataset
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.models.network import Model

OF_STRATEGIES = augmenting.PROMISES | aside.PROMISES | patches.PROMISES | predicting.PROMISES
"""Promise -> names of the forms of images that it is tried on."""
OF_MODELS = (*networks.PROMISES, *u_shaped.PROMISES)
OF_DATASETS = datasets.PROMISES


def ask_strategy(name: str, strategy: Strategy) -> Iterator[Verdict]:
    """A verdict on each promise, as it is reached; name: in its table."""
    with TemporaryDirectory(prefix="segaug-contract-") as folder:
        learning = Learning(ArtefactStore(Path(folder), strict=True))
        for promise, forms in OF_STRATEGIES.items():
            yield verdict(promise, {form: partial(Tried, name, strategy, form, learning) for form in forms})


def ask_model(model: Model) -> Iterator[Verdict]:
    """A verdict on each promise, as it is reached."""
    return _ask(OF_MODELS, partial(TriedModel, model))


def ask_dataset(dataset: Dataset) -> Iterator[Verdict]:
    """A verdict on each promise, as it is reached; the cases are listed once for all of them but one."""
    tried = TriedSet(dataset)
    return _ask(OF_DATASETS, lambda: tried)


def _ask(promises: Iterable[Promise[Subject]], subject: Callable[[], Subject]) -> Iterator[Verdict]:
    return (verdict(promise, {"": subject}) for promise in promises)
