"""A training that can be stopped at any update, and goes on to the same bits."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import get_ema_multi_avg_fn

from segaug.augment.artefact import Content, Json, Keep, Tell
from segaug.augment.augpaint.options import Course
from segaug.augment.trainer import PRECISION, train

AT_ONCE = 32  # images that pass a network at once where nothing is learned
_CHECKS = 64  # of a history
_NETWORK, _AVERAGED, _ADAM = "network.", "averaged.", "adam."


@dataclass(frozen=True)
class Rates:
    """Learning rates of a training: a linear warm-up and, where the rate decays, a linear end."""

    updates: int
    learning_rate: float
    warmup: int
    decay: bool

    @classmethod
    def of(cls, course: Course, images: int) -> "Rates":
        """Of a course with so many images."""
        return cls(course.updates_for(images), course.learning_rate, course.warmup, course.decay)

    def at(self, update: int) -> float:
        """Of an update (0-based)."""
        start = min(1.0, (update + 1) / (self.warmup + 1))
        end = (self.updates - update) / max(1, self.updates - self.warmup) if self.decay else 1.0
        return self.learning_rate * min(start, end)


class Learning(LightningModule):
    """Makes `loss(update)` small; everything random in an update comes from a stream named by its number.

    `kept` is the network to use afterwards: the mean over its weights, or itself.  The mean's decay is
    min(averaging, (1 + s) / (10 + s)) at update s: a plain 0.9999 is still the first network after hundreds of updates.
    """

    network: nn.Module

    def __init__(
        self, network: nn.Module, rates: Rates, what: str, tell: Tell, keep: Keep, averaging: float = 0.0
    ) -> None:
        super().__init__()
        self.network, self.rates, self.what, self.tell, self.keep = network, rates, what, tell, keep
        self.averaging = averaging
        self.averaged = [each.detach().clone() for each in network.parameters()] if averaging else []
        self.done, self.cpu_seconds = 0, 0.0
        self.history: dict[str, list[float | None]] = {"update": [], "loss": []}
        self.diverged = False
        self._losses: list[Tensor] = []
        self._adam: dict[int, dict[str, Tensor]] = {}  # of a training that goes on
        self._started = time.process_time()

    def loss(self, update: int) -> Tensor:
        """Of one batch."""
        raise NotImplementedError

    def run(self, device: torch.device, precision: str = "float32") -> None:
        """Do the updates that are left; ends early where the loss is no number."""
        self.to(device)
        self.averaged = [each.to(device) for each in self.averaged]
        self._losses = [each.to(device) for each in self._losses]
        if self.done < self.rates.updates and not self.diverged:
            self._started = time.process_time()
            train(self, _Updates(self.done, self.rates.updates), device, PRECISION[precision])

    def training_step(self, update: int, number: int) -> Tensor:
        """Loss of one update."""
        loss = self.loss(update)
        self._losses.append(loss.detach())
        return loss

    def configure_optimizers(self) -> Optimizer:
        """Adam, where it was."""
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self.rates.learning_rate, fused=True)
        if self._adam:
            groups = optimizer.state_dict()["param_groups"]
            optimizer.load_state_dict({"state": self._adam, "param_groups": groups})
            self._adam = {}
        return optimizer

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Set this update's rate."""
        for group in optimizer.param_groups:
            group["lr"] = self.rates.at(self.done)

    @torch.no_grad()
    def on_train_batch_end(self, outputs: object, update: int, number: int) -> None:
        """Average; write history; tell, which is where the training may be ended; offer the state to be kept."""
        if self.averaged:
            decay = min(self.averaging, (1 + self.done) / (10 + self.done))
            get_ema_multi_avg_fn(decay)(self.averaged, list(self.network.parameters()), None)
        self.done += 1
        if self.done % math.ceil(self.rates.updates / _CHECKS) == 0 or self.done == self.rates.updates:
            self._check()
        loss = self.history["loss"][-1] if self.history["loss"] else None
        self.keep(self.snapshot)
        self.tell(self.done, self.rates.updates, self.what + ("" if loss is None else f" (loss {loss:.3g})"))

    def _check(self) -> None:
        loss = torch.stack(self._losses).mean().item()
        self._losses.clear()
        self.history["update"].append(self.done)
        self.history["loss"].append(loss if math.isfinite(loss) else None)
        if not math.isfinite(loss):
            self.diverged = True
            self.trainer.should_stop = True

    @property
    def kept(self) -> nn.Module:
        """The network to use, ready to be used, without gradients; `network` itself, with averaged weights if any."""
        with torch.no_grad():
            for own, averaged in zip(self.network.parameters(), self.averaged, strict=bool(self.averaged)):
                own.copy_(averaged)
        self.averaged = []
        return self.network.eval().requires_grad_(False)

    def snapshot(self) -> Content:
        """Everything that the rest of the training depends on."""
        optimizer = self.trainer.optimizers[0]
        adam = {
            f"{_ADAM}{place}.{name}": value
            for place, state in optimizer.state_dict()["state"].items()
            for name, value in state.items()
        }
        averaged = {f"{_AVERAGED}{place}": value for place, value in enumerate(self.averaged)}
        network = {_NETWORK + name: value for name, value in self.network.state_dict().items()}
        losses = {"losses": torch.stack(self._losses)} if self._losses else {}
        spent = self.cpu_seconds + time.process_time() - self._started
        facts = {
            "unfinished": True,
            "done": self.done,
            "diverged": self.diverged,
            "history": self._history(),
            "cpu_seconds": spent,
            **self.more(),
        }
        tensors = {**network, **averaged, **adam, **losses, **self.more_tensors()}
        return Content({name: value.detach().clone().cpu() for name, value in tensors.items()}, facts)

    def go_on(self, previous: Content | None) -> None:
        """Take up a training that a `snapshot` was taken of; None: begin."""
        if previous is None:
            return
        facts, tensors = previous.facts, previous.tensors
        self.network.load_state_dict(_named(tensors, _NETWORK))
        self.averaged = [tensors[f"{_AVERAGED}{place}"] for place in range(len(self.averaged))]
        for name, value in _named(tensors, _ADAM).items():
            place, _, key = name.partition(".")
            self._adam.setdefault(int(place), {})[key] = value
        self._losses = list(tensors["losses"]) if "losses" in tensors else []
        self.done, self.cpu_seconds, self.diverged = facts["done"], facts["cpu_seconds"], facts["diverged"]
        self.history = {name: list(values) for name, values in facts["history"].items()}
        self.take(facts, tensors)

    def _history(self) -> dict[str, list[float | None]]:
        return {name: list(values) for name, values in self.history.items()}

    def more(self) -> dict[str, Json]:
        """What else decides the rest of the training, as facts."""
        return {}

    def more_tensors(self) -> dict[str, Tensor]:
        """The same, as tensors."""
        return {}

    def take(self, facts: dict[str, Json], tensors: dict[str, Tensor]) -> None:
        """Take these up."""

    def facts(self) -> dict[str, Json]:
        """What is told of it when it is over."""
        spent = self.cpu_seconds + time.process_time() - self._started
        return {"updates": self.done, "history": self._history(), "cpu_seconds": spent}


class _Updates:
    """The numbers of the updates that are left."""

    def __init__(self, start: int, stop: int) -> None:
        self.start, self.stop = start, stop

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))


def _named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def built(build: Callable[[], nn.Module], rng: torch.Generator) -> Any:  # whatever module it builds
    """A network whose first weights are a stream's; no global random state changes."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(rng.initial_seed())
        return build()
