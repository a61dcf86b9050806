"""What strategies share that train on images which they made of the labelled ones."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, image_hash
from segaug.augment.augpaint.bank_artefact import FILTERS, Choice, Real, Source, bank_artefact
from segaug.augment.augpaint.measures import NONE
from segaug.augment.augpaint.options import Judge, choose, refuse
from segaug.augment.augpaint.samples import to_bytes
from segaug.augment.bank import Bank
from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.augment.strategy import PrepareContext, Strategy
from segaug.batch import Batch, joined
from segaug.errors import ConfigError
from segaug.rng import stream


@dataclass(frozen=True)
class Labelled:
    """The labelled subset in an order that is the same whichever seed drew it: that of the names of its rows."""

    batch: Batch
    images: list[str]  # `image_hash` of each image
    labels: list[str]  # and of its label
    row: list[int]  # of the subset as it was drawn

    @property
    def names(self) -> list[str]:
        """What decides what is learned of them."""
        return [f"{image} {label}" for image, label in zip(self.images, self.labels, strict=True)]

    @property
    def with_foreground(self) -> list[int]:
        """Places of the images of which others can be made."""
        return self.batch.shown.round().flatten(1).any(1).nonzero()[:, 0].tolist()


@dataclass(frozen=True, kw_only=True)
class MadeImages(Strategy):
    """Train on images that are made of the labelled ones, `per_image` of each, as far as a judge trusts their labels.

    Epochs count the labelled images, so that updates are those of every other strategy; batches are larger where there
    are fewer labelled images than a batch holds.  A labelled image without foreground has no made ones.
    """

    per_image: int = 5
    keep: float = 0.5  # share of all made images that is trained on
    filter: str = "confidence"  # confidence: of the judge in the label | random: as many, drawn | none: all of them
    per_source: bool = False  # that share of those of each labelled image; as published it is of all together
    include_originals: bool = True  # "only on the augmented labelled dataset" says the paper, which may be either
    judge: Judge = field(default_factory=Judge)
    elastic: RandomElastic = field(default_factory=partial(RandomElastic, p=0.0))  # on line, after the baseline
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.p != 1:
            refuse("p", f"got {self.p}", "leave it at 1: which images the network is trained on is no change of a row")
        if self.per_image < 1:
            refuse("per_image", f"got {self.per_image}", "make at least 1 image of each labelled one; 5 is the default")
        if not 0 < self.keep <= 1:
            refuse("keep", f"got {self.keep}", "keep a share above 0 and at most 1; augment=baseline keeps none")
        choose("filter", self.filter, FILTERS)

    @abstractmethod
    def _learned(self, context: PrepareContext) -> Sequence[Artefact]:
        """What must be learned before samples can be made."""

    @abstractmethod
    def _sources(self, context: PrepareContext, labelled: Labelled, real: Real) -> list[Source]:
        """The samples of each labelled image with foreground, in this order."""

    def _check(self, context: PrepareContext) -> None:
        """Raise ConfigError where there is nothing to make images of."""
        if not context.subset.shown.round().any():
            raise ConfigError(
                key="scale.size",
                problem="no labelled image shows anything to segment, and images are made of what is there",
                fix="use more images, or another seed",
            )

    def _warnings(self, context: PrepareContext) -> list[str]:
        """Sentences about this subset, for the record."""
        return []

    def stages(self) -> tuple[Strategy, ...]:
        """What happens on line, to labelled and made images alike."""
        return (self.baseline, self.elastic) if self.elastic.p else (self.baseline,)

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """What is learned, the samples of each labelled image, their scores."""
        try:
            self._check(context)
        except ConfigError:
            return ()  # of this subset: nothing is made ahead, its trial fails by name, and the sweep goes on
        sources, _, scores = self._parts(context)
        samples = {source.samples.name: source.samples for source in sources}
        return [*self._learned(context), *samples.values(), scores]

    def prepare(self, context: PrepareContext) -> Bank:
        """The bank; its images lie on the CPU."""
        self._check(context)
        for artefact in self._learned(context):
            context.obtain(artefact)  # what it is like is told by the record
        sources, real, artefact = self._parts(context)
        content = context.obtain(artefact)
        score = content.tensors["score"]
        chosen = Choice(self.filter, self.keep, self.per_source).of(score, stream(0, artefact.name, "random"))
        drawn = sorted(range(len(sources)), key=lambda place: sources[place].row)  # in the order of the subset
        made = [sources[place].made(context.obtain(sources[place].samples)) for place in drawn]
        return Bank(
            artefact=artefact.name,
            place=torch.tensor([sources[place].row for place in drawn]),
            image=torch.stack([to_bytes(each.image) for each in made]),
            label=torch.stack([each.label.cpu() for each in made]),
            kept_px=torch.stack([each.source_kept_px.cpu() for each in made]),
            reconstruction=torch.stack([to_bytes(each.reconstruction) for each in made]),
            score=score[drawn],
            chosen=chosen[drawn],
            nearest=torch.tensor([*real.order, NONE])[content.tensors["nearest"][drawn]],
            distance=content.tensors["distance"][drawn],
            measures=content.facts["measures"],
            subset=len(context.subset),
            warnings=(*content.facts["warnings"], *self._warnings(context)),
        )

    def training_set(self, subset: Batch, prepared: Bank) -> Batch:
        """The labelled images, unless they are left out, and the made ones that are kept."""
        made = prepared.rows(subset)
        return joined(subset, made) if self.include_originals else made

    def bank(self, prepared: Bank) -> Bank:
        """What was made."""
        return prepared

    def facts(self, prepared: Bank, best: Mapping[str, Tensor]) -> dict[str, object]:
        """The record's "bank"."""
        return {"bank": prepared.facts()}

    def _parts(self, context: PrepareContext) -> tuple[list[Source], Real, Artefact]:
        """Sources in the order of their names, the real images that samples are compared with, and the scores."""
        labelled, real = _labelled(context), self._real(context)
        sources = self._sources(context, labelled, real)
        scores = bank_artefact(
            sources, labelled.batch, labelled.names, self.per_image, self.judge, real, context.obtain
        )
        return sources, real, scores

    def _real(self, context: PrepareContext) -> Real:
        parts = [part for part in ("labelled subset", "unlabelled pool") if part in self.sees]

        def image() -> Tensor:
            subset, unlabelled = context.subset.image, context.allowed.unlabelled
            return subset if unlabelled is None else torch.cat([subset, unlabelled])

        return Real(
            names=tuple(name for part in parts for name in context.names(part)),
            patients=tuple(number for part in parts for number in context.patients(part)),
            image=image,
        )


def _labelled(context: PrepareContext) -> Labelled:
    images = context.names("labelled subset")
    labels = [image_hash(label) for label in context.subset.label]
    row = sorted(range(len(images)), key=lambda each: (images[each], labels[each]))
    batch = context.subset.rows(torch.tensor(row, device=context.subset.index.device))
    return Labelled(batch, [images[each] for each in row], [labels[each] for each in row], row)
