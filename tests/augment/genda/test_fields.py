import pytest
import torch

from segaug.augment import momenta
from segaug.augment.artefact import quiet, unkept
from segaug.augment.genda.fields import draw_pairs, momenta_artefacts, real_fields
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm, Registered
from segaug.registration.maps import displacement_px
from segaug.rng import stream
from tests.augment.genda.examples import smooth


@pytest.fixture
def registering(monkeypatch):
    """Replaces the registration by one whose momentum is told by the two images; gives the momentum of a pair."""

    def momentum(moving, fixed, lddmm):
        n = 2 * lddmm.k + 1
        low = torch.zeros(2, n, n)
        low[:, 1, 1] = 0.3 * torch.stack([fixed.mean() - moving.mean(), fixed.std() - 2 * moving.std()])
        return low

    def register(moving, fixed, lddmm):
        found = torch.stack([momentum(*pair, lddmm) for pair in zip(moving, fixed, strict=True)])
        return Registered(found, None, *[torch.ones(len(found))] * 5)

    monkeypatch.setattr(momenta, "register", register)
    return momentum


@pytest.mark.parametrize(
    ("images", "cap", "per_source", "sources", "targets"),
    [
        (50, 2000, 64, 50, 40),
        (39, 2000, 64, 39, 38),
        (100, 2000, 8, 100, 8),
        (1050, 2000, 64, 1000, 2),
        (3, 9, 9, 3, 2),
    ],
)
def test_each_source_has_equally_many_targets_within_the_caps(images, cap, per_source, sources, targets):
    pairs = draw_pairs(images, cap, per_source, stream(0))
    assert pairs.target.shape == (sources, targets)
    assert pairs.target.numel() <= cap
    assert pairs.source.unique().numel() == sources
    for source, target in zip(pairs.source.tolist(), pairs.target.tolist(), strict=True):
        assert source not in target
        assert len(set(target)) == targets
        assert set(target) <= set(range(images))


def test_each_ordered_pair_is_as_likely_as_any_other():
    counts = torch.zeros(6, 6)
    for i in range(2000):
        pairs = draw_pairs(6, 8, 64, stream(i))
        counts[pairs.source[:, None], pairs.target] += 1
    off_diagonal = counts[~torch.eye(6, dtype=torch.bool)]
    assert counts.diagonal().sum() == 0
    assert off_diagonal.sum() == 2000 * 8
    assert (off_diagonal / off_diagonal.mean() - 1).abs().max() < 0.15  # 533 each: 3 standard errors are 0.13


def test_fields_are_those_of_the_pairs_in_pixels_of_the_grid(registering):
    images, lddmm = smooth(5, 1, grid=(48, 64)).sigmoid(), Lddmm()
    pairs = draw_pairs(5, 15, 64, stream(3))
    real = real_fields(images, pairs, lddmm, (24, 32), lambda artefact: artefact.make(None, quiet, unkept))
    assert real.image.shape == (5, 1, 24, 32)
    assert real.field_px.shape == (5, 3, 2, 24, 32)
    for row, source in enumerate(pairs.source.tolist()):
        found = torch.stack([registering(images[source], images[to], lddmm) for to in pairs.target[row]])
        want = displacement_px(found, lddmm.modes((48, 64)), (24, 32))
        torch.testing.assert_close(real.field_px[row], want, atol=0.01, rtol=0)  # stored in float16
    assert real.field_px.abs().max() > 0.2
    assert real.scale_px == pytest.approx(real.field_px.std().item())


def test_only_the_drawn_pairs_are_registered(registering):
    images = smooth(6, 1, grid=(16, 16)).sigmoid()
    pairs = draw_pairs(6, 12, 64, stream(3))
    made = [artefact.make(None, quiet, unkept) for artefact in momenta_artefacts(images, pairs, Lddmm())]
    for targets, content in zip(pairs.target, made, strict=True):
        assert set(content.facts["targets"]) == {image_hash(images[target]) for target in targets}
