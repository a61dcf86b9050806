"""What is painted depends on the image, what is kept of it, the denoiser and the number of the sample alone."""

from dataclasses import replace
from functools import cache

import pytest
import torch

from segaug.augment.artefact import image_hash, quiet, unkept
from segaug.augment.augpaint.boxes import kept_cells, kept_pixels
from segaug.augment.augpaint.options import Denoiser
from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.samples import ROWS, Painting, flip, from_bytes, samples_artefact, to_bytes
from tests.augment.augpaint.examples import SIZE, cheap, context
from tests.augment.learned import hearts

PAINTING = Painting(Sampling("v", 3), clip=True, paste_pixels=False, flip=False)
SUBSET = hearts(3, SIZE)
SOURCE = SUBSET.image[0]
KEPT = kept_pixels(SUBSET.label, "box")[0]


@cache
def painter():
    """A trained one; what it knows is not asked here."""
    strategy = cheap(denoiser=replace(cheap().denoiser, updates=2))
    there = context(SUBSET)
    return strategy.learning(there).painter(torch.device("cpu"))


def samples(count=2, painting=PAINTING, source=SOURCE, kept=KEPT, name="a denoiser"):
    return samples_artefact(source, kept, count, painting, painter, name, image_hash(source))


def made(artefact, previous=None):
    return artefact.make(previous, quiet, unkept)


def test_the_number_of_samples_is_no_part_of_the_name_and_everything_else_is():
    plain = samples()
    assert samples(count=9).name == plain.name
    others = [
        samples(source=SUBSET.image[1]),
        samples(kept=~KEPT),
        samples(name="another denoiser"),
        samples(painting=replace(PAINTING, clip=False)),
        samples(painting=replace(PAINTING, sampling=Sampling("v", 4))),
    ]
    assert len({plain.name, *(each.name for each in others)}) == 1 + len(others)


def test_more_samples_begin_with_the_fewer_however_they_came_about():
    few, many = made(samples(2)), made(samples(ROWS + 1))
    grown = made(samples(ROWS + 1), few)
    assert samples(ROWS).complete(few)
    assert not samples(ROWS + 1).complete(few)
    assert torch.equal(many.tensors["image"], grown.tensors["image"])
    assert torch.equal(many.tensors["image"][:ROWS], few.tensors["image"])


def test_no_two_samples_are_alike_and_none_lies_outside_of_grey_values():
    image = made(samples(ROWS)).tensors["image"]
    assert image.dtype == torch.uint8
    assert len({each.numpy().tobytes() for each in image}) == ROWS


def test_what_is_kept_is_the_reconstruction_bit_for_bit_and_the_rest_is_painted():
    content = made(samples())
    image, reconstruction = content.tensors["image"], content.tensors["reconstruction"]
    cells = kept_cells(KEPT[None], 4).float()
    whole = torch.nn.functional.interpolate(cells, scale_factor=4).bool()[0].expand_as(image)
    assert torch.equal(image[whole], reconstruction.expand_as(image)[whole])
    assert (image[~whole] != reconstruction.expand_as(image)[~whole]).float().mean() > 0.5


def test_where_everything_is_kept_every_sample_is_the_reconstruction():
    content = made(samples(kept=torch.ones_like(KEPT)))
    assert (content.tensors["image"] == content.tensors["reconstruction"]).all()


def test_pasted_pixels_are_those_of_the_source():
    content = made(samples(painting=replace(PAINTING, paste_pixels=True)))
    image = content.tensors["image"]
    assert torch.equal(image[KEPT.expand_as(image)], to_bytes(SOURCE).expand_as(image)[KEPT.expand_as(image)])


def test_a_flipped_sample_keeps_the_flipped_box():
    content = made(samples(painting=replace(PAINTING, flip=True, paste_pixels=True)))
    flipped = content.tensors["flipped"]
    assert flipped.any()
    assert not flipped.all()
    back = flip(content.tensors["image"], flipped)
    assert torch.equal(back[KEPT.expand_as(back)], to_bytes(SOURCE).expand_as(back)[KEPT.expand_as(back)])


def test_flipping_twice_is_nothing_and_once_is_torch_flip():
    image, flipped = torch.rand(4, 2, 5, 6), torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).bool()
    once = flip(image, flipped)
    assert torch.equal(flip(once, flipped), image)
    for row, axes in enumerate([(), (2,), (1,), (1, 2)]):
        assert torch.equal(once[row], image[row].flip(axes) if axes else image[row])


def test_eight_bits_survive_any_number_of_readings():
    levels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_bytes(from_bytes(levels)), levels)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_sample_does_not_depend_on_what_is_painted_beside_it(rows):
    """Up to the rounding of a convolution; what is stored is always painted five at once."""
    streams = [torch.Generator().manual_seed(row) for row in range(ROWS)]

    def paint(count):
        drawn = [generator.manual_seed(row) for row, generator in enumerate(streams[:count])]
        shape = painter().latent_shape(1)[1:]
        source, kept = SOURCE.expand(count, -1, -1, -1), KEPT.expand(count, -1, -1, -1)
        draw = lambda: torch.stack([torch.randn(shape, generator=each) for each in drawn])  # noqa: E731
        return painter().paint(source, kept, PAINTING.sampling, draw, clip=True)

    torch.testing.assert_close(paint(ROWS)[:rows], paint(rows), atol=1e-4, rtol=0)


def test_the_options_of_a_cheap_denoiser_are_the_profiles_otherwise():
    assert cheap().plan.denoiser.blocks == cheap(denoiser=Denoiser()).plan.denoiser.blocks
