"""Global random state, which nobody may use or move: it would tie a trial to what ran before it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from segaug.contract.promise import kept


@contextmanager
def not_moved() -> Iterator[None]:
    """Raise Broken where what runs inside moves that of torch, numpy or Python."""
    torch_state, numpy_state, python_state = torch.get_rng_state(), _of_numpy(), random.getstate()
    yield
    kept(torch.equal(torch.get_rng_state(), torch_state), "that of torch was moved")
    kept(_of_numpy() == numpy_state, "that of numpy was moved")
    kept(random.getstate() == python_state, "that of Python's random was moved")


def _of_numpy() -> str:
    """All of it, the place in the sequence too."""
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    return repr([state["bit_generator"], state["state"]["key"].tolist(), state["state"]["pos"], state["gauss"]])
