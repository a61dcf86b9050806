"""The transformer network: a U-Net whose encoder is a shifted-window transformer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from torch import Tensor, nn

from segaug.errors import ConfigError
from segaug.models.instance_norm import replace_instance_norm
from segaug.models.network import Network
from segaug.models.side import check_side

if TYPE_CHECKING:
    from monai.networks.nets import SwinUNETR


@dataclass(frozen=True, kw_only=True)
class SwinUnet:
    """MONAI's SwinUNETR in 2D; 1,590,115 parameters at feature size 12.

    Source: Hatamizadeh et al. (2022); arXiv 2511.13883 gives feature size 12 and 1.59 M parameters.
    """

    learning_rate: ClassVar[float] = 3e-2  # under protocol=fixed_steps; found as docs/decisions/0006-protocols.md says

    feature_size: int = 12  # channels at full resolution

    def __post_init__(self) -> None:
        if self.feature_size < 12 or self.feature_size % 12:
            raise ConfigError(
                key="model.feature_size",
                file="conf/model/swin_unet.yaml",
                problem=f"got {self.feature_size}",
                fix="use a positive multiple of 12 (the attention heads divide it); 12 is the published value",
            )

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network with MONAI's defaults: depths 2, heads 3-6-12-24, window 7, patch 2."""
        from monai.networks.nets import SwinUNETR

        network = SwinUNETR(
            in_channels=in_channels, out_channels=out_channels, feature_size=self.feature_size, spatial_dims=2
        )
        replace_instance_norm(network)
        return SwinUnetNetwork(network)

    def check_size(self, size: int) -> None:
        """The side is halved 5 times, and the coarsest map needs at least 2 x 2 pixels to be normalised."""
        check_side(size, model="swin_unet", multiple=32, least=64)


class SwinUnetNetwork(Network):
    """The parts of a SwinUNETR, run one after the other."""

    def __init__(self, network: "SwinUNETR") -> None:
        super().__init__()
        self.transformer = network.swinViT
        self.encoders = nn.ModuleList([network.encoder1, network.encoder2, network.encoder3, network.encoder4])
        self.bottleneck = network.encoder10
        self.decoders = nn.ModuleList(
            [network.decoder5, network.decoder4, network.decoder3, network.decoder2, network.decoder1]
        )
        self.output = network.out

    @property
    def head(self) -> nn.Conv2d:
        """The 1 x 1 convolution of the output block."""
        return cast(nn.Conv2d, self.output.get_submodule("conv.conv"))

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits; stage1..5 of the transformer (side / 2^k), encoder1..4, bottleneck (side / 32), decoder5..1."""
        stages = self.transformer(image, normalize=True)
        maps = {f"stage{k}": stage for k, stage in enumerate(stages, start=1)}
        inputs = (image, *stages[:3])
        skips = [encoder(x) for encoder, x in zip(self.encoders, inputs, strict=True)]
        maps |= {f"encoder{k}": skip for k, skip in enumerate(skips, start=1)}
        x = maps["bottleneck"] = self.bottleneck(stages[4])
        skips.append(stages[3])  # the coarsest skip is the transformer's own output
        for level, decoder in zip((5, 4, 3, 2, 1), self.decoders, strict=True):
            x = maps[f"decoder{level}"] = decoder(x, skips[level - 1])
        return self.output(x), maps
