import pytest
import torch

from segaug.augment.policy.chain import recoloured
from segaug.augment.policy.filters import blurred, low_resolution, sharpened
from segaug.augment.policy.intensity import brightened, contrasted, gamma, inverted_gamma, noisy, statistics
from segaug.augment.policy.options import groups, place, sizes
from segaug.augment.policy.strength import drawn_strength
from segaug.rng import stream

AT = place(2)
SPATIAL = ("scale", "rotation", "mirror_rows", "mirror_columns")
CHANGES = [name for name in AT if name not in SPATIAL]


@pytest.fixture
def image():
    coarse = torch.rand(6, 1, 7, 6, generator=stream(0, "image"))
    return torch.nn.functional.interpolate(coarse, size=(40, 44), mode="bicubic").clamp(0, 1)


def change(image, option, *, whole=None, seed=0):
    strength = drawn_strength(option, 2, stream(seed, "strength"))
    seeds = torch.arange(len(image))
    return recoloured(image, option, strength, whole or statistics(image), seeds, 2)


def options(rows, **chosen):
    option = torch.zeros(rows, len(AT), dtype=torch.long)
    for name, choice in chosen.items():
        option[:, AT[name]] = choice
    return option


def every_option():
    """(K, G): each option of each change of grey values, alone."""
    return torch.cat([options(1, **{name: k}) for name in CHANGES for k in range(1, len(groups(2)[AT[name]]))])


def test_rows_that_drew_nothing_keep_their_bits(image):
    assert change(image, options(6)) is image
    option = options(6, **dict.fromkeys(CHANGES, 1))
    option[[1, 4]] = 0
    before = image.clone()
    changed = change(image, option)
    assert torch.equal(image, before)
    assert torch.equal(changed[[1, 4]], image[[1, 4]])
    assert all((changed[row] != image[row]).any() for row in (0, 2, 3, 5))


def test_options_that_move_pixels_leave_grey_values_alone(image):
    assert change(image, options(6, **dict.fromkeys(SPATIAL, 1))) is image


def test_each_option_changes_the_picture(image):
    option = every_option()
    one = image[:1].expand(len(option), -1, -1, -1)
    assert ((change(one, option) != one).flatten(1).any(1)).all()


def test_a_z_scored_copy_gets_the_same_picture(image):
    """Magnitudes are in units of the image: after z-scoring, nothing is left of the scale that it had."""
    option = torch.cat([every_option(), options(1, **dict.fromkeys(CHANGES, 2))])
    plain = image[:1].double().expand(len(option), -1, -1, -1)
    whole = statistics(plain)
    mean, std = (values.view(-1, 1, 1, 1) for values in (whole.mean, whole.std))
    scored = (plain - mean) / std
    torch.testing.assert_close((change(plain, option) - mean) / std, change(scored, option), atol=1e-4, rtol=0)


def test_a_row_does_not_depend_on_the_others(image):
    option = torch.stack([torch.randint(size, (6,), generator=stream(1, n)) for n, size in enumerate(sizes(2))], dim=1)
    strength, whole, seeds = drawn_strength(option, 2, stream(2)), statistics(image), torch.arange(6)
    together = recoloured(image, option, strength, whole, seeds, 2)
    for row in range(6):
        one = slice(row, row + 1)
        alone = recoloured(image[one], option[one], strength[one], whole.rows(torch.tensor([row])), seeds[one], 2)
        torch.testing.assert_close(alone, together[one], atol=1e-6, rtol=0)


@pytest.mark.parametrize("sharpens", [False, True])
def test_changes_follow_each_other_in_the_published_order_and_so_do_statistics(image, sharpens):
    option = options(6, **dict.fromkeys(CHANGES, 2) | {"filter": 5 if sharpens else 2})
    strength, seeds = drawn_strength(option, 2, stream(3)), torch.arange(6)
    of = {name: strength[:, number] for name, number in AT.items()}
    whole = statistics(image)
    x = noisy(image, whole, of["noise"], seeds)
    x = sharpened(x, of["filter"], whole) if sharpens else blurred(x, of["filter"])
    x, whole = brightened(x, whole, of["shift"], of["intensity_scale"])
    x, whole = contrasted(x, whole, of["contrast"])
    x = low_resolution(x, of["low_resolution"])
    x, whole = inverted_gamma(x, whole, of["inverted_gamma"])
    x, _ = gamma(x, whole, of["gamma"])
    torch.testing.assert_close(recoloured(image, option, strength, statistics(image), seeds, 2), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_flat_image_stays_finite_under_everything(value):
    option = torch.cat([every_option(), options(3, **dict.fromkeys(CHANGES, 3))])
    flat = torch.full((len(option), 1, 20, 24), value)
    torch.testing.assert_close(change(flat, option), flat, atol=1e-5, rtol=0)


def test_volumes_are_changed_as_well():
    option = torch.zeros(2, len(groups(3)), dtype=torch.long)
    for name in CHANGES:
        option[1, place(3)[name]] = 1
    volume = torch.rand(2, 1, 8, 9, 10, generator=stream(4))
    strength = drawn_strength(option, 3, stream(5))
    changed = recoloured(volume, option, strength, statistics(volume), torch.arange(2), 3)
    assert torch.equal(changed[0], volume[0])
    assert changed.isfinite().all()
    assert (changed[1] != volume[1]).any()
