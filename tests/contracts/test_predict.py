"""What a strategy promises that has a way of predicting of its own."""

import pytest
import torch

from segaug.experiment.config.schema import STRATEGIES
from tests.contracts.cheap import make

PREDICTING = [name for name, kind in STRATEGIES.items() if kind.predict is not None]


def from_image(structures):
    """A model that is no module: logits of so many structures."""
    logits = structures + (structures > 1)
    return lambda image: 4 * image.mean(1, keepdim=True).expand(-1, logits, -1, -1) - 2


@pytest.mark.parametrize("name", PREDICTING)
def test_its_way_of_predicting_takes_any_model_and_repeats(name, batch, learned):
    strategy, model = make(name), from_image(batch.label.shape[1])
    prepared = learned(strategy, batch)
    first, again = (strategy.predict(model, batch.image, prepared) for _ in range(2))
    assert first.shape == model(batch.image).shape
    assert first.isfinite().all()
    assert torch.equal(first, again)


@pytest.mark.parametrize("name", PREDICTING)
def test_what_predicts_by_what_it_learned_has_seen_validation_labels(name):
    assert "validation labels" in make(name).sees
