"""What a model promises besides that goes down to a bottleneck and up again; a network need not be so."""

from torch import Tensor

from segaug.contract.networks import TriedModel
from segaug.contract.promise import NotAsked, Promise, kept
from segaug.models.network import Network


def names_of_maps_tell_their_order(tried: TriedModel) -> None:
    """Feature maps come down, by the bottleneck, and up to the finest level; the numbers leave none out."""
    _, maps = _features(tried)
    names = list(maps)
    middle = names.index("bottleneck")
    down, up = names[:middle], names[middle + 1 :]
    kept(up == [f"decoder{k}" for k in range(len(up), 0, -1)], f"behind the bottleneck are {', '.join(up)}")
    levels = {kind: [key for key in down if key.startswith(kind)] for kind in ("stage", "encoder")}
    told = f"before the bottleneck are {', '.join(down)}"
    kept(down == [key for keys in levels.values() for key in keys], told)
    kept(all(keys == [f"{kind}{k}" for k in range(1, len(keys) + 1)] for kind, keys in levels.items()), told)
    kept(len(levels["encoder"]) >= 3, f"{told}, and three encoders are the least")


def the_bottleneck_is_the_coarsest(tried: TriedModel) -> None:
    """The bottleneck is the coarsest map, and the last decoder has the size of the logits."""
    logits, maps = _features(tried)
    coarsest = min(feature.shape[-1] for feature in maps.values())
    kept(maps["bottleneck"].shape[-1] == coarsest, f"another map is coarser, {coarsest} pixels")
    last = tuple(maps["decoder1"].shape[-2:])
    kept(last == tuple(logits.shape[-2:]), f"decoder1 is {last}")


def features_carry_gradients(tried: TriedModel) -> None:
    """Feature maps carry gradients."""
    network = tried.network()
    _, maps = _features(tried, network)
    maps["bottleneck"].square().mean().backward()
    inner = getattr(network, "bottleneck", network)  # what makes the map, where the network calls it so
    moved = any(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in inner.parameters())
    kept(moved, "no parameter has a gradient of the bottleneck")


def _features(tried: TriedModel, network: Network | None = None) -> tuple[Tensor, dict[str, Tensor]]:
    logits, maps = (network or tried.network()).features(tried.image)
    if "bottleneck" not in maps:
        raise NotAsked("it has no map that is called bottleneck")
    return logits, maps


PROMISES: tuple[Promise[TriedModel], ...] = (
    names_of_maps_tell_their_order,
    the_bottleneck_is_the_coarsest,
    features_carry_gradients,
)
