"""Updates of a LightningModule beside bare ones of the same network, in turns."""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor, nn

from segaug.augment.artefact import Artefact, Content
from segaug.augment.augpaint.learning import Learning
from segaug.experiment.artefacts.file import encode
from segaug.files import write_atomic

Clock = Callable[[], float]
SEED = 0


class Turns:
    """In the place of `keep`, the last call of an update: the bare updates take their turns there.

    Whatever happens between two such calls is the module's: batches, draws, loss, backward, Adam, means, history, hooks
    of Lightning and what they call.  A first turn is not counted.
    """

    def __init__(self, bare: dict[str, Callable[[], object]], clock: Clock = time.process_time) -> None:
        self.bare, self.clock, self.order = bare, clock, random.Random(SEED)
        self.seconds: dict[str, list[float]] = {name: [] for name in ("module", *bare)}
        self.kept_s = 0.0  # to take a snapshot and to write it, once
        self._since: float | None = None

    def __call__(self, snapshot: Callable[[], Content]) -> None:
        now, first = self.clock(), self._since is None
        if not first:
            self.seconds["module"].append(now - self._since)
        for name in self.order.sample([*self.bare], len(self.bare)):
            start = self.clock()
            self.bare[name]()
            if not first:
                self.seconds[name].append(self.clock() - start)
        if first:
            self.kept_s = self._kept_s(snapshot)
        self._since = self.clock()

    def _kept_s(self, snapshot: Callable[[], Content]) -> float:
        with TemporaryDirectory() as folder:
            start = self.clock()
            write_atomic(Path(folder) / "kept", encode(Artefact("kept", {}, lambda *_: snapshot()), snapshot()))
            return self.clock() - start

    @property
    def times(self) -> dict[str, np.ndarray]:
        """Of each update [s], (updates - 1,)."""
        return {name: np.array(values) for name, values in self.seconds.items()}


def run_in_turns(
    learning: Learning, turns: Turns, device: torch.device | str = "cpu", precision: str = "float32"
) -> dict[str, np.ndarray]:
    """Train; the times of each arm."""
    assert learning.rates.updates <= 100, "a longer training does not offer its state after each update"
    learning.keep = turns
    learning.run(torch.device(device), precision)
    return turns.times


def bare_update(
    network: nn.Module, loss: Callable[[nn.Module], Tensor], *, precision: str = "float32"
) -> Callable[[], None]:
    """Forward, backward and Adam of a copy of this network."""
    network = deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters(), 1e-4, fused=True)
    device = next(network.parameters()).device.type

    @torch.enable_grad()  # hooks of Lightning are without
    def update() -> None:
        optimiser.zero_grad()
        with torch.autocast(device, torch.bfloat16) if precision == "bfloat16" else nullcontext():
            value = loss(network)
        value.backward()
        optimiser.step()

    return update
