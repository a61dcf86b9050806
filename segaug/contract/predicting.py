"""What a strategy promises that has a way of predicting of its own."""

from collections.abc import Callable

import torch
from torch import Tensor

from segaug.contract.examples import BOTH, GREY_ONE
from segaug.contract.promise import NotAsked, Promise, kept
from segaug.contract.tried import Tried


def it_takes_any_model_and_repeats(tried: Tried) -> None:
    """Its way of predicting takes any model, gives logits of its form, and repeats."""
    predict = _predicting(tried)
    model = _from_image(tried.batch.label.shape[1])
    prepared = tried.prepared
    first, again = (predict(model, tried.batch.image, prepared) for _ in range(2))
    wanted = model(tried.batch.image).shape
    kept(first.shape == wanted, f"its logits are {tuple(first.shape)}, and those of the model {tuple(wanted)}")
    kept(bool(first.isfinite().all()), "a logit is not finite")
    kept(torch.equal(first, again), "a second call gives other logits")


def it_has_seen_validation_labels(tried: Tried) -> None:
    """What predicts by what it learned declares that it has seen validation labels."""
    _predicting(tried)
    kept("validation labels" in tried.strategy.sees, f"`sees` is {', '.join(tried.strategy.sees)}")


def _predicting(tried: Tried) -> Callable[..., Tensor]:
    if tried.strategy.predict is None:
        raise NotAsked("has no way of predicting of its own")
    return tried.strategy.predict


def _from_image(structures: int) -> Callable[[Tensor], Tensor]:
    """A model that is no module: logits of so many structures."""
    logits = structures + (structures > 1)
    return lambda image: 4 * image.mean(1, keepdim=True).expand(-1, logits, -1, -1) - 2


PROMISES: dict[Promise[Tried], tuple[str, ...]] = {
    it_takes_any_model_and_repeats: BOTH,
    it_has_seen_validation_labels: GREY_ONE,
}
