"""Ways of predicting beside the plain one, and beside MONAI's test-time augmentation."""

from functools import partial

import torch
from bench_parts.turns import Arm, Clock, seconds
from monai.data import TestTimeAugmentation
from monai.transforms import Compose, RandFlipd
from torch import Tensor, nn

from policy_parts.example import default_network, example
from policy_parts.turns import ratio_line
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy.test_time import MOST, flip_ids, flips, most_probable, start
from segaug.models.inference import logits_of as predicted
from segaug.rng import stream


def ways(network: nn.Module, image: Tensor) -> dict[str, Arm]:
    """Each predicts all images.  Learned: four operations, as they might be found."""
    logits = logits_of([start("flips", axes=2)])
    found = most_probable(logits + torch.randn(logits.shape, generator=stream(0, "weights")), MOST[2])
    return {
        "plain": partial(predicted, network, image),
        "plain again": partial(predicted, network, image),
        "flips": partial(predicted, network, image, flips(2).predict),
        "four most probable": partial(predicted, network, image, found.predict),
        "MONAI, 4 flips": partial(monai_flips, network, image),
    }


@torch.no_grad()
def monai_flips(network: nn.Module, image: Tensor) -> Tensor:
    """As many passes as of our flips, those of an image in one batch: it takes one image at a time."""
    passes, key = len(flip_ids(2)), "image"
    mirrors = Compose([RandFlipd(key, prob=0.5, spatial_axis=axis) for axis in (0, 1)])
    augmented = TestTimeAugmentation(
        mirrors, passes, inferrer_fn=network.eval(), device=image.device, output_device=image.device, image_key=key,
        orig_key=key, nearest_interp=False, return_full_data=True, progress=False,
    )  # fmt: skip
    return torch.stack([augmented({key: row}, num_examples=passes).mean(0) for row in image])


def prediction_table(side: int, images: int, rounds: int, device: torch.device, clock: Clock) -> None:
    """Print it, in plain inference."""
    network, image = default_network().to(device), example(side, images).image.to(device)
    print(f"predicting {images} images, {side} x {side}, nnunet, {rounds} rounds, in plain inference")
    times = seconds(ways(network, image), rounds, clock)
    for name in times:
        ratio_line(name, times, "plain", None, "plain again", images)
