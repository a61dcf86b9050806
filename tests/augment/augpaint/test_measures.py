import math

import pytest
import torch

from segaug.augment.augpaint.kernel_distance import LocalStatistics, kernel_distance
from segaug.augment.augpaint.measures import NONE, Made, Pool, distances, diversity, measures, nearest, warnings_of
from segaug.rng import stream
from tests.augment.learned import hearts

REAL = hearts(12, (16, 24), seed=1).image
PATIENTS = torch.arange(12) // 2  # two images each
POOL = Pool(REAL, PATIENTS)
ALIKE = {"mean": 0.5, "sd": 0.2, "real_mean": 0.5, "real_sd": 0.2}
KEPT = torch.zeros(1, 16, 24, dtype=torch.bool)
KEPT[:, 4:12, 6:18] = True


def made(image, place=0, kept=KEPT):
    """Samples of the pool's image at this place."""
    k = len(image)
    source = REAL[place]
    return Made(
        image=image,
        label=torch.zeros(k, 1, 16, 24),
        kept_px=kept.expand(k, -1, -1, -1),
        turned=source.expand(k, -1, -1, -1),
        source=source,
        source_kept_px=kept,
        reconstruction=source + 0.01,
        place=place,
    )


def outside(image, other):
    """The image within what is kept, the other outside."""
    return torch.where(KEPT, image, other)


def test_copies_of_a_real_image_are_found_and_have_no_distance():
    copies = torch.stack([outside(REAL[0], REAL[place]) for place in (5, 7)])
    found = nearest(made(copies), POOL)
    assert found.place.tolist() == [5, 7]
    assert found.distance.tolist() == [0, 0]
    assert found.ratio.tolist() == [0, 0]
    assert not found.is_source.any()


def test_a_copy_of_its_source_is_told_as_that_and_measured_against_the_next():
    found = nearest(made(REAL[:1]), POOL)
    assert found.is_source.tolist() == [1]
    others = distances(REAL[0], REAL[1:], ~KEPT)
    assert found.distance.item() == pytest.approx(others.min().item())


def test_real_images_of_other_patients_have_the_ratio_one_at_their_nearest():
    """The reference: from the source to the nearest image of another patient."""
    reference = distances(REAL[0], REAL[2:], ~KEPT).min().item()
    noisy = made(REAL[:1] + 0.3 * torch.randn(1, 1, 16, 24, generator=stream(0, "noise")))
    found = nearest(noisy, POOL)
    assert found.ratio.item() == pytest.approx(found.distance.item() / reference)
    assert nearest(noisy, Pool(REAL, torch.zeros(12, dtype=torch.long))).ratio.isnan().all()


def test_where_there_is_no_other_image_or_nothing_free_nothing_is_nearest():
    alone = Pool(REAL[:1], PATIENTS[:1])
    for samples, pool in ((made(REAL[1:3]), alone), (made(REAL[1:3], kept=torch.ones_like(KEPT)), POOL)):
        found = nearest(samples, pool)
        assert found.place.tolist() == [NONE, NONE]
        assert found.distance.isnan().all()
        assert measures([samples], [found], pool)["nearest_is_source"] is None
        assert measures([samples], [found], pool)["memorisation"] is None


def test_distances_are_root_mean_squares_over_what_is_free():
    image = REAL[3].clone()
    image[~KEPT] += 0.25
    image[KEPT] += 9  # does not count
    assert distances(image, REAL[3:4], ~KEPT).item() == pytest.approx(0.25, rel=1e-5)


def test_the_numbers_of_a_bank_in_a_case_where_all_are_known():
    shifted = REAL[0] + torch.where(KEPT, 0.02, 0.1)
    other = REAL[0] + torch.where(KEPT, 0.02, 0.3)
    samples = made(torch.stack([shifted, other]))
    numbers = measures([samples], [nearest(samples, POOL)], POOL)
    assert numbers["box_error"] == pytest.approx(0.02, rel=1e-4)
    assert numbers["box_error_reconstruction"] == pytest.approx(0.01, rel=1e-3)
    assert numbers["change_outside"] == pytest.approx(((0.1**2 + 0.3**2) / 2) ** 0.5, rel=1e-4)
    assert numbers["diversity"] == pytest.approx(0.2, rel=1e-4)
    assert numbers["real_mean"] == pytest.approx(REAL.mean().item())


def test_nothing_kept_or_nothing_free_leaves_those_numbers_out():
    nowhere, everywhere = torch.zeros_like(KEPT), torch.ones_like(KEPT)
    for kept, missing in ((nowhere, "box_error"), (everywhere, "change_outside")):
        samples = made(REAL[:2], kept=kept)
        assert measures([samples], [nearest(samples, POOL)], POOL)[missing] is None
    assert math.isnan(diversity(made(REAL[:1])))


def test_samples_that_are_darker_or_flatter_than_real_ones_are_told_of():
    numbers = ALIKE
    assert warnings_of(numbers) == []
    assert warnings_of({**numbers, "mean": 0.41}) == []
    (sentence,) = warnings_of({**numbers, "sd": 0.15})
    assert "standard deviation" in sentence
    assert "0.150" in sentence
    assert "mean" in warnings_of({**numbers, "mean": 0.61})[0]


def test_a_judge_that_knows_not_even_what_it_has_learned_is_told_of():
    assert warnings_of({**ALIKE, "judge_confidence": 0.7}) == []
    assert "0.51" in warnings_of({**ALIKE, "judge_confidence": 0.51})[0]


def test_the_kernel_distance_is_at_its_floor_for_real_images_and_above_it_for_others():
    real = hearts(60, (16, 24), seed=2).image
    more = hearts(24, (16, 24), seed=3).image
    alike = kernel_distance(more, real, stream(0, "kid"))
    unlike_ = kernel_distance(0.5 * more, real, stream(0, "kid"))
    assert unlike_["kid"] > 10
    assert abs(alike["kid"]) < 0.2 * unlike_["kid"]
    assert abs(alike["kid_floor"]) < 0.2 * unlike_["kid"]
    assert (alike["kid_samples"], alike["kid_images"]) == (24, 60)
    assert kernel_distance(more[:3], real, stream(0, "kid"))["kid"] is None
    assert kernel_distance(more, real[:31], stream(0, "kid"))["kid"] is None


def test_the_kernel_distance_neither_uses_nor_moves_global_random_numbers():
    before = torch.get_rng_state()
    real = hearts(40, (16, 24), seed=2).image
    first = kernel_distance(real[:5], real, stream(0, "kid"))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert kernel_distance(real[:5], real, stream(0, "kid")) == first


def test_features_are_standardised_on_real_images():
    features = LocalStatistics(REAL)(REAL)
    assert features.shape == (12, 256)
    torch.testing.assert_close(features.mean(0), torch.zeros(256), atol=1e-4, rtol=0)
    assert features.std(0).max() <= 1 + 1e-4
