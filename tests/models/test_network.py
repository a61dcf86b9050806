"""What every registered network promises: features, seeds, sizes; and that those of MONAI equal them."""

import pytest
import torch
from monai.networks.nets import DynUNet, SwinUNETR
from torch import nn

from segaug.contract.ask import OF_MODELS
from segaug.contract.cheap import make_model
from segaug.contract.networks import TriedModel
from segaug.contract.promise import NotAsked
from segaug.errors import ConfigError
from segaug.experiment.config import schema
from segaug.models.instance_norm import InstanceNorm
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.models.swin_unet import SwinUnet
from segaug.rng import stream

MODELS = {name: kind() for name, kind in schema.MODELS.items()}
SMALL = {name: make_model(name) for name in schema.MODELS}
PARAMETERS = {"nnunet": 1_966_433, "swin_unet": 1_590_115}
SMALLEST_SIZE = {"nnunet": 16, "swin_unet": 64, "unet": 32, "attn_unet": 16, "cmunet": 32, "nusegnet": 32}
REFUSED_SIZES = {
    "nnunet": (0, 8, 20, 100),
    "swin_unet": (0, 32, 48, 100),
    "unet": (0, 16, 40, 100),
    "attn_unet": (0, 8, 20, 100),
    "cmunet": (0, 16, 40, 100),
    "nusegnet": (0, 16, 40, 100),
}


def peer(name: str, feature_size: int, in_channels: int = 1, out_channels: int = 1) -> nn.Module:
    """The network as MONAI makes it."""
    if name == "swin_unet":
        return SwinUNETR(in_channels, out_channels, feature_size=feature_size, spatial_dims=2)
    return DynUNet(
        2, in_channels, out_channels, [3] * 4, [1, 2, 2, 2], [2, 2, 2],
        filters=[feature_size * k for k in (1, 2, 4, 8)], norm_name="instance", res_block=True,
    )  # fmt: skip


def seeded_peer(name: str, seed: int) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return peer(name, SMALL[name].feature_size)


@pytest.fixture
def image() -> torch.Tensor:
    return torch.rand(2, 1, 64, 64, generator=stream(0, "image"))


of_monai = pytest.mark.parametrize("name", PARAMETERS)  # their blocks are MONAI's
u_shaped = pytest.mark.parametrize("name", SMALLEST_SIZE)  # down to a bottleneck, and up; a network need not be so


@pytest.fixture(params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("promise", OF_MODELS, ids=lambda promise: promise.__name__)
def test_every_network_keeps(promise, name):
    try:
        promise(TriedModel(SMALL[name]))
    except NotAsked as why:
        if name in SMALLEST_SIZE:  # those that ship are U-shaped, and are asked for everything
            raise
        pytest.skip(str(why))


@of_monai
def test_parameter_count(name):
    network = MODELS[name].build()
    assert sum(p.numel() for p in network.parameters()) == PARAMETERS[name]


@of_monai
def test_same_logits_and_gradients_as_monai(name, image):
    ours, theirs = build_with_seed(SMALL[name], seed=7), seeded_peer(name, seed=7)
    weight = torch.randn(image.shape, generator=stream(0, "weight"))
    results = []
    for network in (ours, theirs):
        logits = network(image)
        (logits * weight).mean().backward()
        norm = torch.stack([p.grad.norm() for p in network.parameters() if p.grad is not None]).norm()
        results.append((logits, norm))
    torch.testing.assert_close(results[0][0], results[1][0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(results[0][1], results[1][1], rtol=1e-3, atol=0)


@of_monai
def test_blocks_run_in_the_order_of_monai(name, image, monkeypatch):
    """With MONAI's own instance norm the wrapper repeats MONAI's forward bit for bit."""
    for module in ("nnunet", "swin_unet"):
        monkeypatch.setattr(f"segaug.models.{module}.replace_instance_norm", lambda network: None)
    ours, theirs = build_with_seed(SMALL[name], seed=3), seeded_peer(name, seed=3)
    if name == "nnunet":
        theirs = theirs.to(memory_format=torch.channels_last)
    assert torch.equal(ours(image), theirs(image))


@of_monai
def test_every_instance_norm_is_replaced(name):
    kinds = [type(module) for module in SMALL[name].build().modules()]
    assert kinds.count(InstanceNorm) >= 15
    assert nn.InstanceNorm2d not in kinds


def gradients(network: nn.Module, image: torch.Tensor, weight: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Output, norm of the gradients of all parameters, and gradient of the image, of a weighted mean of the output."""
    leaf = image.clone().requires_grad_()
    out = network(leaf)
    (out * weight).mean().backward()
    norm = torch.stack([p.grad.norm() for p in network.parameters() if p.grad is not None]).norm()
    return out, norm, leaf.grad


@of_monai
@pytest.mark.parametrize(
    ("channels", "logits"),
    [pytest.param(3, 1, marks=pytest.mark.slow), (3, 4), pytest.param(1, 4, marks=pytest.mark.slow)],
)
def test_colour_and_several_structures_have_the_gradients_of_monai(name, channels, logits):
    """Channels-last is chosen for the widths inside; three channels of an image and four logits must do as well.

    In single precision a processor may put one value of a network on the other side of a leaky ReLU's kink, which
    changes the gradient of the pixels that it sees.  So pixel by pixel they are compared in double precision.
    """
    ours = build_with_seed(SMALL[name], 7, channels, logits)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        theirs = peer(name, SMALL[name].feature_size, channels, logits)
    image = torch.rand(2, channels, 64, 64, generator=stream(0, "image"))
    weight = torch.randn(2, logits, 64, 64, generator=stream(0, "weight"))
    (out, norm, of_image), peers = (gradients(network, image, weight) for network in (ours, theirs))
    torch.testing.assert_close(out, peers[0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(norm, peers[1], rtol=1e-3, atol=0)
    assert (of_image - peers[2]).norm() < 1e-2 * peers[2].norm()
    ours.zero_grad()
    theirs.zero_grad()
    exact = [gradients(network.double(), image.double(), weight.double()) for network in (ours, theirs)]
    for own, other in zip(*exact, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-9, atol=1e-9 * other.abs().max().item())


@pytest.mark.parametrize("name", ["unet", "attn_unet", "cmunet", "nusegnet"])
def test_the_layout_in_memory_changes_no_gradient(name):
    """Widths below a vector are the risk.

    Fixed statistics: those of training are rounded 60 times more coarsely where a CPU of torch 2.13 has channels last,
    and an untrained network enlarges that to several per cent of a gradient.
    """
    image = torch.rand(2, 3, 64, 64, generator=stream(0, "image"))
    weight = torch.randn(2, 1, 64, 64, generator=stream(0, "weight"))
    gradients = []
    for layout, kind in ((torch.channels_last, torch.float32), (torch.contiguous_format, torch.float64)):
        network = build_with_seed(SMALL[name], 1, 3).eval().to(memory_format=layout, dtype=kind)
        (network(image.to(kind)) * weight.to(kind)).mean().backward()
        gradients.append(torch.cat([p.grad.flatten().double() for p in network.parameters()]))
    ours, exact = gradients
    assert (ours - exact).norm() < 1e-3 * exact.norm()


@u_shaped
def test_the_smallest_size_can_be_trained_on(name):
    size = SMALLEST_SIZE[name]
    SMALL[name].check_size(size)
    SMALL[name].build().train()(torch.rand(1, 1, size, size)).mean().backward()


@u_shaped
def test_other_sizes_are_refused(name):
    for size in REFUSED_SIZES[name]:
        with pytest.raises(ConfigError, match=r"dataset\.size.*multiple of"):
            SMALL[name].check_size(size)


@pytest.mark.parametrize(("feature_size", "channels_last"), [(8, False), (16, True)])
def test_nnunet_is_channels_last_where_that_is_safe(feature_size, channels_last):
    weight = NnUnet(feature_size=feature_size).build().bottleneck.conv1.conv.weight
    assert weight.is_contiguous(memory_format=torch.channels_last) == channels_last


@pytest.mark.parametrize(("model", "bad"), [(NnUnet, 0), (SwinUnet, 0), (SwinUnet, 16)])
def test_feature_size_is_checked(model, bad):
    with pytest.raises(ConfigError, match=r"model\.feature_size in conf/model/.*got"):
        model(feature_size=bad)
