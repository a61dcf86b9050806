"""What every model promises: logits and feature maps that go together, weights that are the seed's, gradients."""

import re
from dataclasses import dataclass
from functools import cached_property

import torch
from omegaconf import OmegaConf
from torch import Tensor, nn

from segaug.contract.promise import Broken, Promise, close, kept
from segaug.errors import ConfigError
from segaug.models.network import Model, Network, build_with_seed, set_output_bias
from segaug.rng import stream

SIDES = (64, 96, 128, 224, 256)  # the first that the model takes is tried [px]
NAMED = re.compile(r"(stage|encoder|decoder)([1-9])|bottleneck")


@dataclass(frozen=True)
class TriedModel:
    """A model and images that it takes; made anew for each promise."""

    model: Model

    @cached_property
    def side(self) -> int:
        """Of the images [px]."""
        for side in SIDES:
            try:
                self.model.check_size(side)
            except ConfigError:
                continue
            return side
        raise Broken(f"check_size takes none of {', '.join(map(str, SIDES))} pixels")

    @cached_property
    def image(self) -> Tensor:
        """Two grey images."""
        return torch.rand(2, 1, self.side, self.side, generator=stream(0, "image"))

    def network(self) -> Network:
        """A new one of one channel and one structure; initial weights are the same in every process."""
        return build_with_seed(self.model, 0)


def options_survive(tried: TriedModel) -> None:
    """Every option has a default, and survives the config system."""
    kind = type(tried.model)
    made = kind()
    again = OmegaConf.to_object(OmegaConf.structured(kind))
    kept(again == made, f"made of its own options it is {again}, and bare it is {made}")


def a_learning_rate_is_known(tried: TriedModel) -> None:
    """A learning rate between 0 and 1 is known, for protocols that name none."""
    kept(0 < tried.model.learning_rate < 1, f"learning_rate is {tried.model.learning_rate}")


def it_builds_a_network(tried: TriedModel) -> None:
    """What it builds derives from segaug.models.network.Network, and its head is a convolution with a bias."""
    network = tried.network()
    kept(isinstance(network, Network), f"it builds a {type(network).__name__}")
    head = network.head
    kept(isinstance(head, nn.Conv2d) and head.bias is not None, f"its head is a {type(head).__name__}")


def each_weight_has_one_name(tried: TriedModel) -> None:
    """Each weight has one name."""
    state = tried.network().state_dict()
    kept(len({tensor.data_ptr() for tensor in state.values()}) == len(state), "two names stand for one tensor")


def features_go_with_the_logits(tried: TriedModel) -> None:
    """The logits have the size of the image, and those that come with the feature maps are the same."""
    network = tried.network()
    logits, _ = network.features(tried.image)
    kept(torch.equal(logits, network(tried.image)), "those of `features` differ from those of `forward`")
    kept(logits.shape == tried.image.shape, f"{tuple(logits.shape)} of images {tuple(tried.image.shape)}")


def names_of_maps_tell_their_sides(tried: TriedModel) -> None:
    """Feature maps are called encoder1, stage1, decoder1, bottleneck and so on, and the number tells their side."""
    _, maps = tried.network().features(tried.image)
    for key, feature in maps.items():
        named = NAMED.fullmatch(key)
        if named is None:
            raise Broken(f"one is called {key}")
        if level := named[2]:
            side = tried.side >> int(level) - (named[1] != "stage")
            kept(feature.shape[2:] == (side, side), f"{key} is {tuple(feature.shape[2:])}, not {side} x {side} pixels")


def rows_do_not_mix(tried: TriedModel) -> None:
    """An image has the same logits alone as beside others, where the network is not being trained."""
    network = tried.network().eval()
    close(network(tried.image)[1:], network(tried.image[1:]), "logits", rtol=1e-4, atol=1e-5)


def training_repeats(tried: TriedModel) -> None:
    """Training steps repeat bit for bit."""
    runs = []
    for _ in range(2):
        network = build_with_seed(tried.model, seed=1)
        optimiser = torch.optim.Adam(network.parameters(), 1e-3)
        for _ in range(2):
            optimiser.zero_grad()
            network(tried.image).square().mean().backward()
            optimiser.step()
        runs.append(network(tried.image))
    kept(torch.equal(*runs), "two trainings of one seed end with other logits")


def bfloat16_moves_all_weights(tried: TriedModel) -> None:
    """A training step in bfloat16 moves all weights, and none to infinity."""
    network = build_with_seed(tried.model, seed=1)
    before = {key: parameter.detach().clone() for key, parameter in network.named_parameters()}
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(tried.image)
    kept(logits.dtype == torch.bfloat16, f"its logits are {logits.dtype} under autocast")
    logits.float().square().mean().backward()
    torch.optim.Adam(network.parameters(), 1e-3).step()
    for key, parameter in network.named_parameters():
        kept(bool(parameter.isfinite().all()), f"{key} is no longer finite")
        kept(parameter.grad is None or not torch.equal(parameter, before[key]), f"{key} stays as it was")


def channels_are_passed_on(tried: TriedModel) -> None:
    """Images of three channels and two structures are taken."""
    network = tried.model.build(in_channels=3, out_channels=2)
    shape = tuple(network(torch.rand(1, 3, tried.side, tried.side)).shape)
    kept(shape == (1, 2, tried.side, tried.side), f"logits of a colour image are {shape}")


def weights_depend_on_the_seed_alone(tried: TriedModel) -> None:
    """Initial weights depend on torch's CPU generator alone, and other seeds give other ones."""
    before = torch.get_rng_state()
    first = build_with_seed(tried.model, seed=5).state_dict()
    kept(torch.equal(torch.get_rng_state(), before), "building it moves global random state")
    with torch.random.fork_rng():
        torch.manual_seed(123)
        again = build_with_seed(tried.model, seed=5).state_dict()
    other = build_with_seed(tried.model, seed=6).state_dict()
    kept(all(torch.equal(first[key], again[key]) for key in first), "one seed gives other weights the second time")
    kept(any(not torch.equal(first[key], other[key]) for key in first), "two seeds give the same weights")


def output_bias_moves_logits_by_the_log_odds(tried: TriedModel) -> None:
    """The bias of the head moves all logits alike, so that training can start at the share of the foreground."""
    network = tried.network()
    nn.init.zeros_(_bias(network))
    before = network(tried.image)
    set_output_bias(network, [0.1])
    expected = torch.tensor(0.1 / 0.9).log()
    close(network(tried.image) - before, expected.expand_as(before), "logits move by", rtol=1e-4, atol=1e-4)


def output_bias_gives_shares(tried: TriedModel) -> None:
    """That of several structures gives the share of each, and is finite where there is no foreground."""
    network = build_with_seed(tried.model, 1, 1, 4)
    shares = [0.2, 0.05, 0.0]
    set_output_bias(network, shares)
    want = torch.tensor([0.75, *shares])
    close(_bias(network).detach().softmax(0), want, "shares", rtol=1e-4, atol=1e-5)
    for share in (0.0, 1.0):
        single = tried.network()
        set_output_bias(single, [share])
        kept(bool(_bias(single).isfinite().all()), f"it is not finite for a share of {share}")


def sizes_are_refused_or_taken(tried: TriedModel) -> None:
    """Sizes that it cannot take are refused by `check_size`, by a ConfigError that names dataset.size."""
    for side in range(12, 97, 12):
        try:
            tried.model.check_size(side)
        except ConfigError as error:
            kept(error.key == "dataset.size", f"the error of {side} pixels names {error.key}")
            continue
        shape = tuple(tried.network().eval()(torch.zeros(1, 1, side, side)).shape)
        kept(shape == (1, 1, side, side), f"logits of {side} pixels are {shape}")


def _bias(network: Network) -> Tensor:
    if network.head.bias is None:
        raise Broken("its head has no bias")
    return network.head.bias


PROMISES: tuple[Promise[TriedModel], ...] = (
    options_survive,
    a_learning_rate_is_known,
    it_builds_a_network,
    sizes_are_refused_or_taken,
    channels_are_passed_on,
    each_weight_has_one_name,
    features_go_with_the_logits,
    names_of_maps_tell_their_sides,
    rows_do_not_mix,
    training_repeats,
    bfloat16_moves_all_weights,
    weights_depend_on_the_seed_alone,
    output_bias_moves_logits_by_the_log_odds,
    output_bias_gives_shares,
)
