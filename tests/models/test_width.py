"""Factors that give every level a whole number of channels, and those that are refused."""

import math

import pytest

from segaug.errors import ConfigError
from segaug.experiment.config import schema
from segaug.models.width import scaled

WITH_WIDTH = [name for name, kind in schema.MODELS.items() if hasattr(kind(), "width")]


@pytest.mark.parametrize(("factor", "widths"), [(1, (32, 64)), (0.25, (8, 16)), (1 / 32, (1, 2)), (2, (64, 128))])
def test_every_level_is_scaled(factor, widths):
    assert scaled((32, 64), factor, model="nusegnet") == widths


@pytest.mark.parametrize("name", WITH_WIDTH)
@pytest.mark.parametrize("width", [0, -1, 1 / 128, 0.3, math.nan, math.inf])
def test_a_factor_without_whole_channels_is_refused(name, width):
    with pytest.raises(ConfigError, match=rf"model\.width in conf/model/{name}\.yaml: got .*use a multiple of \d/\d+"):
        schema.MODELS[name](width=width)


def test_a_level_that_is_halved_needs_an_even_number():
    with pytest.raises(ConfigError, match="1 channels at the finest level; use a multiple of 2/32"):
        scaled((32, 64), 1 / 32, model="nusegnet", multiple=2)
