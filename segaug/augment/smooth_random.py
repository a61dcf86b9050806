"""The control of RegDA: smooth random fields as large and as rough as RegDA's, without anatomy."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Json, Keep, Tell
from segaug.augment.mixture import mixed_momentum
from segaug.augment.momenta import momenta_artefact, momenta_of
from segaug.augment.momentum_field import MomentumField
from segaug.augment.momentum_strategy import MomentumStrategy
from segaug.augment.spectrum import Matched, matched
from segaug.augment.strategy import PrepareContext
from segaug.batch import Batch
from segaug.image_hash import image_hash
from segaug.rng import stream

_VERSION = 2  # raise it when the statistics or the way to them change
_SOURCES = 8  # external images that are registered to all the others
_MIXTURES = 512  # drawn from their momenta


@dataclass(frozen=True, kw_only=True)
class SmoothRandom(MomentumStrategy):
    """Shoot normal momenta that have RegDA's power by wave number and its rms displacement, then run the baseline.

    The options are RegDA's and describe the RegDA that is matched.  What is matched, in the mean over images of the
    task: (a) the mean square of the momentum in each component and pair of wave numbers, (b) the rms displacement over
    the image.  What is not, as it would be anatomy: where in the image a field is large; the mean momentum of an image,
    which carries it towards the average anatomy (its power counts in (a)); any dependence between modes, and so the
    direction of edges and the share of divergence in a field.  Momenta are normal, where RegDA's have longer tails.
    The law is the same at every pixel, except that maps stop at the border of the image, as RegDA's do.

    The statistics come from external images that are registered to each other.  No training image enters, so they are
    the same in all trials of a task.
    """

    file: ClassVar[str] = "conf/augment/smooth_random.yaml"

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """The momenta of a few external images to the others, then the spectrum of their mixtures."""
        images = self.external_images(context.allowed, at_least=self.mixed + 1)
        count = min(_SOURCES, len(images))
        pairs = [_one_and_others(images, i * len(images) // count) for i in range(count)]
        momenta = [momenta_artefact(source, targets, self.lddmm) for source, targets in pairs]

        def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
            rng = stream(0, "SmoothRandom", "spectrum")
            mixtures: list[Tensor] = []
            for (_, targets), artefact in zip(pairs, momenta, strict=True):
                tell(len(mixtures), count, "measuring the spectrum")
                found = momenta_of(context.obtain(artefact), [image_hash(target) for target in targets])
                mixtures.append(self._mixed(found, _MIXTURES // count, rng))
            tell(count, count, "measuring the spectrum")
            modes = self.lddmm.modes((images.shape[2], images.shape[3]))
            return _content(
                matched(torch.cat(mixtures).to(images.device), modes, self.min_jacobian, rng), count * (len(images) - 1)
            )

        return [*momenta, Artefact("spectrum", self._key(images), make, needs=tuple(one.name for one in momenta))]

    def prepare(self, context: PrepareContext) -> Tensor:
        """The standard deviation of each mode, (2, n, n)."""
        spectrum = context.obtain(self.artefacts(context)[-1])
        return spectrum.tensors["deviation"].to(context.subset.image.device)

    def sample(self, batch: Batch, prepared: Tensor, rng: torch.Generator) -> Tensor:
        """Standard normal momenta, (B, 2, n, n)."""
        return torch.randn(len(batch), *prepared.shape, generator=rng)

    def displacement_px(self, batch: Batch, params: Tensor, prepared: Tensor) -> MomentumField:
        """Scale, shoot, and limit the strain."""
        return self.field(params * prepared, batch)

    def _mixed(self, momenta: Tensor, count: int, rng: torch.Generator) -> Tensor:
        """So many mixtures, (count, 2, n, n), of the momenta (E, 2, n, n) of one image, as RegDA draws them."""
        mixture = self.mixtures(count, len(momenta), rng)
        return mixed_momentum(momenta[mixture.chosen], mixture)

    def _key(self, images: Tensor) -> dict[str, Json]:
        """Everything that decides the spectrum."""
        options = asdict(self)
        for name in ("p", "external", "baseline"):
            del options[name]
        external = [image_hash(image) for image in images]
        return {"version": _VERSION, "sources": _SOURCES, "mixtures": _MIXTURES, **options, "external": external}


def _one_and_others(images: Tensor, place: int) -> tuple[Tensor, Tensor]:
    return images[place], torch.cat([images[:place], images[place + 1 :]])


def _content(spectrum: Matched, pairs: int) -> Content:
    tensors = {"power": spectrum.power, "scale": spectrum.scale, "deviation": spectrum.deviation()}
    facts = {"pairs": pairs, "regda_rms_px": spectrum.given_rms_px, "rms_px": spectrum.rms_px}
    return Content({name: tensor.cpu() for name, tensor in tensors.items()}, facts)
