import pytest
import torch

from segaug.augment.augpaint.frame import Frame


@pytest.mark.parametrize("size", [(32, 48), (5, 33), (40, 57), (1, 1)])
def test_padded_sides_are_multiples_and_cropping_gives_the_image_back(size):
    frame, image = Frame(size, 16), torch.rand(2, 3, *size)
    padded = frame.padded(image)
    assert not any(side % 16 or side - own >= 16 for side, own in zip(padded.shape[2:], size, strict=True))
    assert torch.equal(frame.cropped(padded), image)
    assert padded.unique().numel() == image.unique().numel()  # the edge, repeated


def test_nothing_of_the_padding_is_kept():
    mask = torch.ones(1, 1, 5, 7, dtype=torch.bool)
    padded = Frame((5, 7), 8).padded_mask(mask)
    assert padded.sum() == mask.sum()
    assert Frame((5, 7), 8).cropped(padded).all()
