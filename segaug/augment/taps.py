"""The layers of a network at which a loss looks, named by an option."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from segaug.augment.augment import cut
from segaug.augment.layer_masks import LayerMasks
from segaug.augment.strategy import PrepareContext
from segaug.batch import with_patches
from segaug.errors import ConfigError

Layers = Any  # "all" | "encoder" | "decoder" | names: OmegaConf has no union of a string and a list
PARTS = {
    "all": ("",),
    "encoder": ("encoder", "stage"),
    "decoder": ("decoder",),
}  # option -> how names of its layers begin


def check_layers(layers: Layers, file: str) -> None:
    """Refuse what names no layers of any network."""
    named = isinstance(layers, list) and layers and all(isinstance(name, str) for name in layers)
    if not named and layers not in [*PARTS]:
        _refuse(layers, file, f"choose from {', '.join(PARTS)}, or name layers, such as [encoder1,decoder1]")
    if named and len({*layers}) < len(layers):
        _refuse(layers, file, "name each layer once")


def chosen(layers: Layers, names: Sequence[str], file: str) -> list[str]:
    """The chosen ones of a network's layers, in the order in which they are computed."""
    if isinstance(layers, str):
        taken = [name for name in names if name.startswith(PARTS[layers])]
    else:
        taken = [name for name in names if name in layers]
    if not taken or (not isinstance(layers, str) and len(taken) < len(layers)):
        _refuse(layers, file, f"the layers of this network are {', '.join(names)}")
    return taken


def tapped(layers: Layers, maps: Mapping[str, Tensor], label: Tensor, file: str) -> dict[str, Tensor]:
    """The chosen ones of a network's feature maps; refuses those that the mask (B, K, H, W) of no image reaches."""
    masks = LayerMasks(label)
    taken = {name: maps[name] for name in chosen(layers, [*maps], file)}
    for features in taken.values():
        masks.like(features)
    return taken


def layers_of(context: PrepareContext, layers: Layers, file: str) -> dict[str, int]:
    """The chosen layers of the trial's network and their numbers of channels."""
    network = context.build_model(context.rng("layers")).eval()
    first = cut(with_patches(context.subset.rows(slice(0, 1)), context.patch, context.rng("layers", "patch")))
    with torch.no_grad():
        maps = features_of(network, first.image)[1]
    return {name: features.shape[1] for name, features in tapped(layers, maps, first.label, file).items()}


def features_of(network: nn.Module, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits and feature maps, as `segaug.models.network.Network` promises them."""
    found: tuple[Tensor, dict[str, Tensor]] = network.features(image)  # type: ignore[operator]  # of a Network
    return found


def _refuse(layers: Layers, file: str, fix: str) -> NoReturn:
    raise ConfigError(key="augment.layers", file=file, problem=f"got {layers}", fix=fix)
