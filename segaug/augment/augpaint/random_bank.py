"""The comparator of AugPaint: a bank whose images the baseline's own transforms make."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Keep, Tell
from segaug.augment.augment import augment
from segaug.augment.augpaint.bank_artefact import Real, Source
from segaug.augment.augpaint.made_images import Labelled, MadeImages
from segaug.augment.augpaint.measures import Made
from segaug.augment.augpaint.samples import from_bytes, to_bytes
from segaug.augment.strategy import PrepareContext
from segaug.batch import Batch
from segaug.known import ignored_pixels
from segaug.rng import stream

_VERSION = 1  # raise it when the same image and options give other samples


@dataclass(frozen=True, kw_only=True)
class RandomBank(MadeImages):
    """Train on copies of the labelled images that the baseline has changed, chosen as AugPaint chooses its own.

    So rows, batches, updates and filter are those of AugPaint, and nothing but what was made differs: "random
    augmentation" of Hu and Shi.  The baseline then runs on line as well, as it does for every strategy.
    """

    def _learned(self, context: PrepareContext) -> Sequence[Artefact]:
        return ()

    def _sources(self, context: PrepareContext, labelled: Labelled, real: Real) -> list[Source]:
        return [self._source(labelled, place, real) for place in labelled.with_foreground]

    def _source(self, labelled: Labelled, place: int, real: Real) -> Source:
        source = labelled.batch.rows(slice(place, place + 1))

        def made(content: Content) -> Made:
            image = from_bytes(content.tensors["image"][: self.per_image]).to(source.image)
            nothing = torch.zeros_like(image[:, :1], dtype=torch.bool)
            return Made(
                image=image,
                label=_label(content, self.per_image, source),
                kept_px=nothing,
                turned=source.image.expand_as(image),
                source=source.image[0],
                source_kept_px=nothing[0],
                reconstruction=source.image[0],
                place=real.place(labelled.images[place]),
            )

        return Source(labelled.row[place], self._samples(source, labelled.names[place]), made)

    def _samples(self, source: Batch, name: str) -> Artefact:
        """At least `per_image` of them; row j is drawn from a stream of its own."""

        def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
            held = len(previous.tensors["image"]) if previous else 0
            drawn = [augment((self.baseline,), None, source, partial(rng, row)) for row in range(held, self.per_image)]
            rows = [*([previous.tensors] if previous else []), *map(_stored, drawn)]
            tensors = {key: torch.cat([each[key] for each in rows]) for key in rows[0]}
            return Content(tensors, {"count": self.per_image})

        def complete(content: Content) -> bool:
            return bool(content.facts["count"] >= self.per_image)

        key: dict[str, object] = {"version": _VERSION, "source": name, "baseline": asdict(self.baseline)}
        if source.ignored:  # stored beside labels
            key["ignored"] = True
        artefact = Artefact(kind="random_samples", key=key, make=make, complete=complete)
        rng = partial(stream, 0, artefact.name)
        return artefact


def _stored(made: Batch) -> dict[str, Tensor]:
    """Of one image, in bytes; which pixels are ignored lies beside a label that has some."""
    ignored = {"ignored": ignored_pixels(made.label).cpu()} if made.ignored else {}
    return {"image": to_bytes(made.image), "label": to_bytes(made.shown), **ignored}


def _label(content: Content, count: int, source: Batch) -> Tensor:
    """Of so many samples of a source."""
    label = from_bytes(content.tensors["label"][:count]).to(source.label)
    if not source.ignored:
        return label
    return label.masked_fill(content.tensors["ignored"][:count].to(label.device), torch.nan)
