import pytest

from segaug.augment.taps import check_layers, chosen
from segaug.errors import ConfigError

NAMES = ["stage1", "encoder1", "encoder2", "bottleneck", "decoder2", "decoder1"]


@pytest.mark.parametrize(
    ("layers", "want"),
    [
        ("all", NAMES),
        ("encoder", ["stage1", "encoder1", "encoder2"]),
        ("decoder", ["decoder2", "decoder1"]),
        (["decoder1", "encoder2"], ["encoder2", "decoder1"]),
    ],
)
def test_layers_come_in_the_order_in_which_they_are_computed(layers, want):
    assert chosen(layers, NAMES, "") == want


def test_an_unknown_layer_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"augment\.layers in f: got \['encoder9'\]; the layers .* stage1, encoder1"):
        chosen(["encoder9"], NAMES, "f")


@pytest.mark.parametrize("layers", ["encoder1", "", [], None, 3, ["a", "a"], [1]])
def test_what_names_no_layers_is_refused(layers):
    with pytest.raises(ConfigError, match=r"augment\.layers in f: got"):
        check_layers(layers, "f")
