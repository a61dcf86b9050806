"""Each kind of change by itself: what it leaves alone, and that both is the one after the other."""

import pytest
import torch

from segaug.augment.random_elastic_intensity import RandomElasticIntensity
from segaug.augment.red import RandomElastic
from segaug.batch import Batch
from segaug.experiment.cards.each_kind import KindExample, each_kind


@pytest.fixture
def batch() -> Batch:
    rng = torch.Generator().manual_seed(0)
    label = torch.zeros(2, 1, 32, 32)
    label[:, :, 8:24, 8:20] = 1
    return Batch(
        torch.rand(2, 1, 32, 32, generator=rng), label, torch.arange(2), torch.ones(2, 2), torch.zeros(2).long()
    )


@pytest.fixture
def kinds(batch: Batch) -> dict[str, KindExample]:
    return {kind.name: kind for kind in each_kind(RandomElasticIntensity(), None, batch)}


def test_there_is_one_of_each_kind_that_has_a_share(batch: Batch, kinds: dict[str, KindExample]) -> None:
    assert list(kinds) == ["baseline alone", "deformed", "recoloured", "both"]
    deforming = RandomElasticIntensity(share_v=0.5, share_i=0.0, share_both=0.0)
    assert [kind.name for kind in each_kind(deforming, None, batch)] == ["baseline alone", "deformed"]
    assert each_kind(RandomElastic(), None, batch) == []


def test_a_deformed_image_keeps_its_grey_values_and_a_recoloured_one_its_places(
    batch: Batch, kinds: dict[str, KindExample]
) -> None:
    deformed, recoloured = kinds["deformed"], kinds["recoloured"]
    assert deformed.displacement_px.flatten(1).any(dim=1).all()  # every row, whatever the share
    assert torch.equal(deformed.result.image, deformed.deformed.image)
    assert not recoloured.displacement_px.any()
    assert torch.equal(recoloured.deformed.image, batch.image)
    assert torch.equal(recoloured.result.label, batch.label)
    assert (recoloured.result.image != batch.image).flatten(1).any(dim=1).all()


def test_both_is_the_field_of_the_one_and_then_the_change_of_the_other(kinds: dict[str, KindExample]) -> None:
    assert torch.equal(kinds["both"].displacement_px, kinds["deformed"].displacement_px)
    assert torch.equal(kinds["both"].deformed.image, kinds["deformed"].result.image)
    assert not torch.equal(kinds["both"].result.image, kinds["both"].deformed.image)
