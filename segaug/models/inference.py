"""Logits of many images."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Predict = Callable[[nn.Module, Tensor], Tensor]


def plain(network: nn.Module, image: Tensor) -> Tensor:
    """Inference without test-time augmentation."""
    logits: Tensor = network(image)
    return logits


@torch.no_grad()
def logits_of(network: nn.Module, image: Tensor, predict: Predict = plain, rows: int = 16) -> Tensor:
    """Logits (B, K, H, W) of all images in float32, a few rows at a time to bound the memory."""
    was_training = network.training
    network.eval()
    logits = torch.cat([predict(network, part) for part in image.split(rows)])
    network.train(was_training)
    return logits.float()
