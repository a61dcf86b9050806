"""Scores and measures of the images that were made of a labelled subset, and the choice among them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from hashlib import sha256

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Keep, Tell
from segaug.augment.augpaint.kernel_distance import kernel_distance
from segaug.augment.augpaint.measures import Made, Pool, measures, nearest, warnings_of
from segaug.augment.augpaint.options import Judge
from segaug.batch import Batch
from segaug.rng import stream

_VERSION = 1  # raise it when the same samples get other scores or measures
FILTERS = ("confidence", "random", "none")


@dataclass(frozen=True)
class Source:
    """A labelled image that has samples."""

    row: int  # of the labelled subset
    samples: Artefact
    made: Callable[[Content], Made]  # what an artefact of samples holds, with `per_image` of them


@dataclass(frozen=True)
class Choice:
    """Which samples are trained on."""

    filter: str  # confidence | random | none
    keep: float  # share of all samples
    per_source: bool  # of the samples of each source instead

    def of(self, score: Tensor, rng: torch.Generator) -> Tensor:
        """(S, k) bool; exactly ceil(keep n) of n.  Equal scores: the earlier source and sample first."""
        if self.filter == "none":
            return torch.ones_like(score, dtype=torch.bool)
        rank = -score if self.filter == "confidence" else torch.rand(score.shape, generator=rng, dtype=torch.float64)
        rank = rank if self.per_source else rank.view(1, -1)
        best = rank.argsort(dim=1, stable=True)[:, : math.ceil(round(self.keep * rank.shape[1], 9))]
        return torch.zeros_like(rank, dtype=torch.bool).scatter_(1, best, True).view(score.shape)


@dataclass(frozen=True)
class Real:
    """The real images of a trial: its labelled subset, then the unlabelled ones that it may see."""

    names: tuple[str, ...]
    patients: tuple[int, ...]
    image: Callable[[], Tensor]  # (P, C, *size), in this order; asked for only where samples are measured

    @cached_property
    def order(self) -> list[int]:
        """Places of these images, each once, by their names: an order that is the same for every subset."""
        first = {name: place for place, name in reversed(list(enumerate(self.names)))}
        return [first[name] for name in sorted(first)]

    @cached_property
    def key(self) -> str:
        """A name for these images and for which of them show the same patient."""
        groups: dict[int, int] = {}
        lines = [f"{self.names[place]} {groups.setdefault(self.patients[place], len(groups))}" for place in self.order]
        return sha256("\n".join(lines).encode()).hexdigest()

    def pool(self) -> Pool:
        """In that order."""
        image = self.image()
        patient = torch.tensor([self.patients[place] for place in self.order])
        return Pool(image[torch.tensor(self.order, device=image.device)], patient)

    def place(self, name: str) -> int:
        """Of an image in the pool."""
        return self._places[name]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {self.names[row]: place for place, row in enumerate(self.order)}


def bank_artefact(
    sources: Sequence[Source],
    labelled: Batch,
    labelled_names: Sequence[str],
    per_image: int,
    judge: Judge,
    real: Real,
    obtain: Callable[[Artefact], Content],
) -> Artefact:
    """The scores and measures of all samples of a labelled subset.

    labelled: the subset, which the judge learns, those without samples included.  labelled_names: of images and labels.
    All three in an order that is the same whichever seed drew the subset.
    Content: score, nearest (S, k), the latter a place in `real.order`, distance (S, k).
    """

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        from segaug.augment.augpaint.judge import JudgeLearning, confidence  # brings MONAI and Lightning

        made = [source.made(obtain(source.samples)) for source in sources]
        learning = JudgeLearning(labelled, judge, rng, tell)
        learning.run(labelled.image.device)
        if learning.diverged:
            return Content({}, {"failed": "the judge's training diverged; lower augment.judge.learning_rate"})
        network, pool, found, scores = learning.kept, real.pool(), [], []
        for done, samples in enumerate(made):
            tell(done, len(made), "scoring samples")
            found.append(nearest(samples, pool))
            scores.append(confidence(network, samples.image, samples.label))
        image = torch.cat([samples.image for samples in made])
        numbers = measures(made, found, pool) | kernel_distance(image, pool.image, rng("kid"))
        own = confidence(network, labelled.image, labelled.label)
        numbers["judge_confidence"] = own[labelled.shown.round().flatten(1).any(1).cpu()].mean().item()
        tensors = {
            "score": torch.stack(scores),
            "nearest": torch.stack([each.place for each in found]),
            "distance": torch.stack([each.distance for each in found]),
        }
        return Content(tensors, {"measures": numbers, "warnings": warnings_of(numbers), **learning.facts()})

    key = {
        "version": _VERSION,
        "samples": [source.samples.name for source in sources],
        "labelled": list(labelled_names),
        "per_image": per_image,
        "judge": asdict(judge),
        "real": real.key,
    }
    needs = tuple(dict.fromkeys(source.samples.name for source in sources))
    artefact = Artefact(kind="augpaint_bank", key=key, make=make, needs=needs)
    rng = partial(stream, 0, artefact.name)
    return artefact
