"""A strategy that learns something cheap, and leaves a line in a file for everything that it makes."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import torch

from segaug.augment.artefact import Artefact, Content
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Strategy
from segaug.image_hash import image_hash


@dataclass(frozen=True, kw_only=True)
class Toy(Strategy):
    """Learns the mean of each training image, and from these their sum; adds none of it."""

    sees: ClassVar = ("labelled subset",)

    log: str = ""
    mean_does: str = ""  # "fail"
    sum_does: str = ""  # "raise" | "fail" | "die" | "interrupt", instead of being made
    depends_on: str = ""  # what of context.decides the sum depends on, by its own account
    grow: bool = False  # one list of means for all images, instead of one artefact each
    baseline: Baseline = field(default_factory=Baseline)

    def stages(self):
        return (self, self.baseline)

    def artefacts(self, context):
        means = [self._all(context)] if self.grow else [self._mean(image) for image in context.subset.image]
        return [*means, self._sum(context, means)]

    def prepare(self, context):
        return context.obtain(self.artefacts(context)[-1]).tensors["sum"]

    def _mean(self, image):
        def make(previous, tell, keep):
            self._note("mean")
            return Content({"mean": image.mean()}, {"failed": "it is too dark"} if self.mean_does == "fail" else {})

        return Artefact("mean", {"image": image_hash(image), "does": self.mean_does}, make)

    def _all(self, context):
        images = {image_hash(image): image for image in context.subset.image}

        def make(previous, tell, keep):
            held = previous.facts["images"] if previous else {}
            new = {name: image.mean().item() for name, image in images.items() if name not in held}
            self._note(f"means {len(new)}")
            return Content({"mean": torch.tensor(sum({**held, **new}.values()))}, {"images": {**held, **new}})

        return Artefact("means", {}, make, lambda content: images.keys() <= content.facts["images"].keys())

    def _sum(self, context, means):
        def make(previous, tell, keep):
            tell(0, len(means), "adding")
            self._note("sum")
            {"raise": self._raise, "die": self._die, "interrupt": self._interrupt}.get(self.sum_does, int)()
            total = sum(context.obtain(mean).tensors["mean"] for mean in means)
            return Content({"sum": total}, {"failed": "it is 0; add more"} if self.sum_does == "fail" else {})

        images = sorted(image_hash(image) for image in context.subset.image)
        decides = context.decides[self.depends_on] if self.depends_on else None
        key = {"images": images, "does": self.sum_does, "decides": decides}
        return Artefact("sum", key, make, needs=tuple(mean.name for mean in means))

    def _note(self, what):
        with open(self.log, "a") as file:
            file.write(what + "\n")

    def _raise(self):
        raise RuntimeError("cannot add")

    def _die(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def _interrupt(self):
        raise KeyboardInterrupt


def lines(log: Path) -> list[str]:
    """What has been made, in order."""
    return log.read_text().split("\n")[:-1] if log.exists() else []
