"""The convolutional network: a residual U-Net with instance norm, as nnU-Net configures it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

import torch
from torch import Tensor, nn

from segaug.errors import ConfigError
from segaug.models.instance_norm import replace_instance_norm
from segaug.models.network import Network
from segaug.models.side import check_side

if TYPE_CHECKING:
    from monai.networks.nets import DynUNet

# Below one vector of channels, oneDNN 3.12 (in torch 2.13) writes past the end of a buffer in the backward pass of a
# channels-last 1 x 1 convolution with stride 2, as every residual downsampling block has: wrong gradients or a crash.
MIN_CHANNELS_LAST = 16


@dataclass(frozen=True, kw_only=True)
class NnUnet:
    """MONAI's DynUNet with 4 levels and residual blocks; 1,966,433 parameters at feature size 32.

    Source: Isensee et al. (2021); arXiv 2511.13883 gives feature size 32 and 1.96 M parameters.
    """

    learning_rate: ClassVar[float] = 1e-2  # under protocol=fixed_steps; found as docs/decisions/0006-protocols.md says

    feature_size: int = 32  # channels at full resolution; doubled at each of the 3 halvings

    def __post_init__(self) -> None:
        if self.feature_size < 1:
            raise ConfigError(
                key="model.feature_size",
                file="conf/model/nnunet.yaml",
                problem=f"got {self.feature_size}",
                fix="use at least 1 channel; 32 is the published value",
            )

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network (He-normal convolutions, zero biases), channels-last where that is safe."""
        from monai.networks.nets import DynUNet

        network = DynUNet(
            spatial_dims=2,
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=[3] * 4,
            strides=[1, 2, 2, 2],
            upsample_kernel_size=[2, 2, 2],
            filters=[self.feature_size * 2**level for level in range(4)],
            norm_name="instance",
            res_block=True,
        )
        replace_instance_norm(network)
        layout = torch.channels_last if self.feature_size >= MIN_CHANNELS_LAST else torch.contiguous_format
        return NnUnetNetwork(network).to(memory_format=layout)  # type: ignore[call-overload]  # missing in the stub

    def check_size(self, size: int) -> None:
        """The side is halved 3 times, and the coarsest map needs at least 2 x 2 pixels to be normalised."""
        check_side(size, model="nnunet", multiple=8, least=16)


class NnUnetNetwork(Network):
    """The blocks of a DynUNet, run one after the other.

    DynUNet holds each block twice, once in a chain of nested skip layers; here each weight has one name.
    """

    def __init__(self, network: "DynUNet") -> None:
        super().__init__()
        self.encoders = nn.ModuleList([network.input_block, *network.downsamples])
        self.bottleneck = network.bottleneck
        self.decoders = network.upsamples
        self.output = network.output_block

    @property
    def head(self) -> nn.Conv2d:
        """The 1 x 1 convolution of the output block."""
        return cast(nn.Conv2d, self.output.get_submodule("conv.conv"))

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits, and encoder1..3, bottleneck (side / 8), decoder3..1."""
        maps: dict[str, Tensor] = {}
        x = image
        for level, encoder in enumerate(self.encoders, start=1):
            x = maps[f"encoder{level}"] = encoder(x)
        x = maps["bottleneck"] = self.bottleneck(x)
        for level, decoder in zip((3, 2, 1), self.decoders, strict=True):
            x = maps[f"decoder{level}"] = decoder(x, maps[f"encoder{level}"])
        return self.output(x), maps
