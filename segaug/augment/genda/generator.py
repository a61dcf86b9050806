"""The trained generator as an artefact: one for each set of images, shared by all trials that learn from that set."""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Keep, Tell
from segaug.augment.genda.fields import RealFields, draw_pairs, momenta_artefacts, real_fields
from segaug.augment.genda.health import Health
from segaug.augment.genda.networks import LATENT, Generator, working_size
from segaug.augment.genda.options import Gan
from segaug.augment.momenta import VERSION as REGISTRATION
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm
from segaug.rng import stream

_VERSION = 1  # raise it when the same images and options give another generator
_SHOWN_IMAGES, _SHOWN_FIELDS = 4, 3
LEAST_IMAGES = 3  # each source needs two targets: what one image's fields have in common is learned from them
_WEIGHTS = "generator."


def generator_artefacts(
    images: Tensor, gan: Gan, lddmm: Lddmm, obtain: Callable[[Artefact], Content]
) -> tuple[list[Artefact], Artefact]:
    """The momenta of the drawn pairs of images, and the generator that learns from their fields.

    images: (N, 1, H, W), N >= LEAST_IMAGES; neither their order nor doubles matter.  obtain: for the momenta, which
    are asked for only when the generator must be trained.
    """
    by_hash = {image_hash(image): image for image in images}
    key = {
        "version": _VERSION,
        "registration": REGISTRATION,
        "images": sorted(by_hash),
        "gan": asdict(gan),
        "lddmm": asdict(lddmm),
    }
    images = torch.stack([by_hash[name] for name in sorted(by_hash)])

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        from segaug.augment.genda.training import trained  # brings Lightning, which most commands can do without

        size = (images.shape[2], images.shape[3])
        real = real_fields(images, pairs, lddmm, working_size(size, gan.side_px), obtain)
        generator, history = trained(real, gan, size, rng, tell)
        return _content(generator, history, real, rng("shown"))

    artefact = Artefact(kind="genda", key=key, make=make)
    rng = partial(stream, 0, artefact.name)
    pairs = draw_pairs(len(images), gan.max_pairs, gan.max_pairs_per_image, rng("pairs"))
    momenta = momenta_artefacts(images, pairs, lddmm)
    return momenta, replace(artefact, needs=tuple(needed.name for needed in momenta))


def generator_of(content: Content) -> Generator:
    """The generator that an artefact holds, ready to be used and without gradients."""
    generator = Generator(tuple(content.facts["grid"]), content.facts["width"])
    weights = {
        name.removeprefix(_WEIGHTS): value for name, value in content.tensors.items() if name.startswith(_WEIGHTS)
    }
    generator.load_state_dict(weights)
    return generator.eval().requires_grad_(False)


def _content(
    generator: Generator, history: list[dict[str, float | None]], real: RealFields, rng: torch.Generator
) -> Content:
    tensors = {_WEIGHTS + name: value.cpu() for name, value in generator.state_dict().items()}
    last = {name: float("nan") if value is None else value for name, value in history[-1].items() if name != "step"}
    facts = {
        "grid": list(generator.grid),
        "width": generator.width,
        "scale_px": real.scale_px,
        "pairs": real.field_px.shape[0] * real.field_px.shape[1],
        "health": {name: value for name, value in history[-1].items() if name != "step"},
        "history": history,
        "failed": Health(**last).failed,
    }
    return Content({**tensors, **_shown(generator, real, rng)}, facts)


@torch.no_grad()
def _shown(generator: Generator, real: RealFields, rng: torch.Generator) -> dict[str, Tensor]:
    """A few images, (n, h, w), with fields of both kinds, (n, k, 2, h, w), for `segaug preview`."""
    chosen = torch.randperm(len(real.image), generator=rng)[:_SHOWN_IMAGES].to(real.image.device)
    count = min(_SHOWN_FIELDS, real.field_px.shape[1])
    z = torch.randn(len(chosen) * count, LATENT, generator=rng).to(real.image.device)
    made = generator(real.image[chosen].repeat_interleave(count, 0), z).unflatten(0, (len(chosen), count))
    fields = {"image": real.image[chosen, 0], "real_px": real.field_px[chosen, :count], "made_px": made}
    return {f"shown.{name}": value.half().cpu() for name, value in fields.items()}
