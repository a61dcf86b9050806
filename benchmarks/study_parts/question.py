"""The study that both sides run: its trials, the words that segaug is told, and the arrays that a script is given."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from segaug.experiment.outside import compose
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan

SIDE = 64


@dataclass(frozen=True, kw_only=True)
class Question:
    """nnunet with elastic deformation, at each size and seed.

    Rotation, scale and shear happen to every image: so MONAI can do them inside of its elastic transform, which
    resamples once, and both sides have one list of transforms.
    """

    sizes: Sequence[int] = (4, 16)
    seeds: int = 3
    updates: int = 64
    features: int = 32  # channels of the network at full resolution

    @property
    def trials(self) -> list[tuple[int, int]]:
        """Size and seed of each."""
        return list(product(self.sizes, range(self.seeds)))

    def words(self) -> list[str]:
        """For `segaug train`, but for what is swept."""
        dataset = "hippocampus" if os.environ.get("SEGAUG_DATA") else "phantom_thorax_heart"
        always = ["augment=red", "augment.baseline.p_rotation=1", "augment.baseline.p_affine=1"]
        budget = [f"protocol.length={self.updates}", f"protocol.warmup={self.updates // 10}"]
        network = ["model=nnunet", f"model.feature_size={self.features}"]
        return [f"dataset={dataset}", f"dataset.size={SIDE}", *network, *always, "protocol=fixed_steps", *budget]

    def write(self, data: Path) -> dict[tuple[int, int], list[int]]:
        """Keep all images and the split in a file, decoded; returns the rows that each trial is trained on."""
        trials = [compose([*self.words(), f"scale.size={size}", f"seed={seed}"]) for size, seed in self.trials]
        plan = make_plan(trials, skip_large=False)
        (task,) = plan.tasks.values()
        everything = task.batch(list(range(len(task.ids))))
        split = {part: np.array(getattr(task.split, part)) for part in ("validation", "test")}
        np.savez(data, image=everything.image.numpy(), label=everything.label.numpy(), **split)
        return {(one.size, one.trial.config.seed): list(parts_of(one, task, "cpu").rows) for one in plan.trials}


@dataclass(frozen=True)
class Scores:
    """Means over the test cases, of one trial or over several."""

    bce: float
    dice: float

    @classmethod
    def mean(cls, several: Sequence["Scores"]) -> "Scores":
        """Of all."""
        return cls(*(float(np.mean([getattr(one, name) for one in several])) for name in ("bce", "dice")))

    @classmethod
    def read(cls, text: str) -> "Scores":
        """Of JSON on the last line."""
        found = json.loads(text.splitlines()[-1])
        return cls(found["bce"], found["dice"])
