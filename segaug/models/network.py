"""What a network is to the rest of the program: a config that builds it, a module that offers its features."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn

SHARE_FLOOR = 1e-6  # a subset without foreground still gets a finite start: log-odds of -13.8


class Network(nn.Module, ABC):
    """A segmentation network: image (B, C, H, W) to logits (B, K, H, W)."""

    inference_precision = "float32"  # "bfloat16": autocast of its layers where it predicts, outside of training steps

    def forward(self, image: Tensor) -> Tensor:
        """Logits (B, K, H, W); foreground where positive."""
        return self.features(image)[0]

    @abstractmethod
    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits and the named feature maps (B, F, h, w) in the order in which they are computed.

        encoder<k> and decoder<k> have the side of the image over 2^(k-1).
        """

    @property
    @abstractmethod
    def head(self) -> nn.Conv2d:
        """The last convolution, whose bias is the logit of an image without features."""


class Model(Protocol):
    """What every model config offers (`NnUnet`, `UNet`)."""

    learning_rate: ClassVar[float]  # of adam, under a protocol that names none

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network; draws from torch's global CPU generator."""
        ...

    def check_size(self, size: int) -> None:
        """Raise ConfigError unless the network can take square images with this side [px]."""
        ...


def build_with_seed(model: Model, seed: int, in_channels: int = 1, out_channels: int = 1) -> Network:
    """Build a network whose initial weights depend on the seed alone; no global random state changes, on any device."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # not torch.manual_seed, which would reseed the GPUs as well
        return model.build(in_channels, out_channels)


def set_output_bias(network: Network, shares: Sequence[float]) -> None:
    """Start the output at the shares of the pixels (0..1) that structures take, so that training need not climb there.

    One structure starts at its log-odds; several, and the background before them, at the logarithm of their shares,
    which a softmax turns into these shares.
    """
    bias = network.head.bias
    if bias is None:
        raise ValueError(f"{type(network).__name__}: the output convolution has no bias to set")
    if len(shares) == 1:
        share = min(max(shares[0], SHARE_FLOOR), 1 - SHARE_FLOOR)
        nn.init.constant_(bias, math.log(share / (1 - share)))
        return
    logs = [math.log(max(share, SHARE_FLOOR)) for share in (1 - sum(shares), *shares)]
    with torch.no_grad():
        bias.copy_(torch.tensor(logs))
