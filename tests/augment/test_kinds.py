import pytest
import torch

from segaug.augment.random_elastic_intensity import RandomElasticIntensity
from segaug.errors import ConfigError
from segaug.rng import stream

ROWS = 20_000


def kinds(**shares):
    return RandomElasticIntensity(**shares).draw_kinds(ROWS, stream(0, "kinds"))


@pytest.mark.parametrize("shares", [(0.125, 0.225, 0.25), (0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.2, 0.3, 0.5)])
def test_shares_are_within_binomial_error(shares):
    drawn = kinds(**dict(zip(("share_v", "share_i", "share_both"), shares, strict=True)))
    v, i = drawn.deformed, drawn.recoloured
    for rows, share in zip((v & ~i, i & ~v, v & i, ~(v | i)), (*shares, 1 - sum(shares)), strict=True):
        assert abs(rows.float().mean().item() - share) <= 4 * (share * (1 - share) / ROWS) ** 0.5 + 1e-9


def test_a_row_draws_for_itself():
    """The first rows of a longer batch are those of a shorter one: their kinds do not depend on the others."""
    strategy = RandomElasticIntensity()
    short, long = (strategy.draw_kinds(rows, stream(0, "kinds")) for rows in (10, 100))
    assert torch.equal(short.deformed, long.deformed[:10])
    assert torch.equal(short.recoloured, long.recoloured[:10])


@pytest.mark.parametrize("option", ["share_v", "share_i", "share_both"])
def test_a_share_is_a_probability(option):
    with pytest.raises(ConfigError, match=rf"augment\.{option}.*1\.5"):
        RandomElasticIntensity(**{option: 1.5})


def test_shares_above_one_together_are_refused():
    with pytest.raises(ConfigError, match=r"share_v \+ share_i \+ share_both is 1\.2"):
        RandomElasticIntensity(share_v=0.4, share_i=0.4, share_both=0.4)
