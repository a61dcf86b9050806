"""Logits of many images."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from segaug.models.network import Network

Forward = Callable[[Tensor], Tensor]  # images (B, C, H, W) to logits (B, K, H, W)
Predict = Callable[[Forward, Tensor], Tensor]
Window = tuple[int, ...] | None  # pixels that a network is shown at once, along each axis; None: whole images

OVERLAP = 0.5  # of neighbouring windows
SIGMA = 0.125  # of the Gaussian that weighs the pixels of a window, in sides
_WINDOWS = 16  # at a time: they bound the memory


def plain(forward: Forward, image: Tensor) -> Tensor:
    """Inference without test-time augmentation."""
    return forward(image)


@torch.no_grad()
def logits_of(
    network: nn.Module, image: Tensor, predict: Predict = plain, rows: int = 16, window: Window = None
) -> Tensor:
    """Logits (B, K, H, W) of all images in float32, a few rows at a time to bound the memory."""
    with predicting(network, window) as forward:
        return torch.cat([predict(forward, part) for part in image.split(rows)]).float()


@contextmanager
def predicting(network: nn.Module, window: Window) -> Iterator[Forward]:
    """The network as it predicts, see `forward_of`; afterwards it goes on as it was."""
    was_training = network.training
    network.eval()
    try:
        yield forward_of(network, window)
    finally:
        network.train(was_training)


def forward_of(network: nn.Module, window: Window) -> Forward:
    """The network itself, or where it is shown windows of an image, the mean of their logits, weighted by a Gaussian.

    In the network's `inference_precision`; logits are float32, and so is their mean.  Source: MONAI's
    `sliding_window_inference`, as nnU-Net predicts; an image of one window is given to the network as it is.
    """
    whole = _in_bfloat16(network) if _predicts_in_bfloat16(network) else network
    if window is None:
        return whole

    def forward(image: Tensor) -> Tensor:
        if all(side <= pixels for side, pixels in zip(image.shape[2:], window, strict=True)):
            return whole(image)
        return _slid(whole, image, window)

    return forward


def _predicts_in_bfloat16(network: nn.Module) -> bool:
    return isinstance(network, Network) and network.inference_precision == "bfloat16"


def _in_bfloat16(network: nn.Module) -> Forward:
    def forward(image: Tensor) -> Tensor:
        with torch.autocast(image.device.type, torch.bfloat16):
            logits: Tensor = network(image)
        return logits.float()

    return forward


def _slid(forward: Forward, image: Tensor, window: tuple[int, ...]) -> Tensor:
    from monai.inferers.utils import sliding_window_inference

    logits = sliding_window_inference(
        image, window, _WINDOWS, forward, overlap=OVERLAP, mode="gaussian", sigma_scale=SIGMA
    )
    assert isinstance(logits, Tensor)  # as the network gives one
    return logits
