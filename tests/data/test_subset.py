from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaug.data.subset import draw_added, draw_subset
from segaug.errors import ConfigError

PATIENTS = [f"p{row // 3}" for row in range(120)]
POOL = tuple(range(30, 90))  # patients p10..p29, all three images of each
SEEDS = st.integers(0, 1000)


@given(st.integers(1, 60), SEEDS, st.sampled_from(["independent", "nested"]))
def test_a_subset_is_distinct_rows_of_the_pool_and_repeats_itself(size, seed, policy):
    rows = draw_subset(POOL, PATIENTS, size, seed, policy)
    assert len(rows) == len(set(rows)) == size
    assert set(rows) <= set(POOL)
    assert rows == draw_subset(POOL, PATIENTS, size, seed, policy)


@given(st.integers(1, 59), SEEDS, st.sampled_from(["images", "patients"]))
def test_nested_subsets_continue_each_other(size, seed, unit):
    limit = 19 if unit == "patients" else 59
    small, large = (draw_subset(POOL, PATIENTS, min(size, limit) + more, seed, "nested", unit) for more in (0, 1))
    assert large[: len(small)] == small


@given(st.integers(1, 20), SEEDS, st.sampled_from(["independent", "nested"]))
def test_patients_come_with_all_their_images(size, seed, policy):
    rows = draw_subset(POOL, PATIENTS, size, seed, policy, "patients")
    assert Counter(PATIENTS[row] for row in rows) == dict.fromkeys({PATIENTS[row] for row in rows}, 3)
    assert len(rows) == 3 * size


def test_sizes_seeds_and_policies_are_drawn_apart():
    draws = [
        draw_subset(POOL, PATIENTS, 16, seed, policy) for seed in range(10) for policy in ("independent", "nested")
    ]
    assert len({frozenset(rows) for rows in draws}) == len(draws)
    apart = [draw_subset(POOL, PATIENTS, 17, seed)[:16] == draw_subset(POOL, PATIENTS, 16, seed) for seed in range(10)]
    assert not any(apart)


def test_every_image_is_equally_likely():
    counts = Counter(row for seed in range(600) for row in draw_subset(POOL, PATIENTS, 6, seed))
    assert set(counts) == set(POOL)
    assert max(counts.values()) < 60 + 5 * 54**0.5  # binomial(600, 0.1): mean 60, variance 54
    assert min(counts.values()) > 60 - 5 * 54**0.5


def test_the_whole_pool_is_a_subset():
    assert sorted(draw_subset(POOL, PATIENTS, 60, 0)) == list(POOL)


@pytest.mark.parametrize(
    ("size", "unit", "most"), [(0, "images", 60), (-1, "images", 60), (61, "images", 60), (21, "patients", 20)]
)
def test_sizes_outside_the_pool_name_key_and_limit(size, unit, most):
    with pytest.raises(
        ConfigError, match=rf"scale\.size: got {size} {unit}, the pool has {most}; choose from 1 to {most}"
    ):
        draw_subset(POOL, PATIENTS, size, 0, unit=unit)


def test_added_images_are_the_beginning_of_one_order_by_seed():
    pool = range(100, 130)
    orders = {seed: draw_added(pool, 30, seed, "theirs") for seed in range(3)}
    assert all(sorted(order) == list(pool) for order in orders.values())
    assert len(set(orders.values())) == 3
    assert [draw_added(pool, count, 1, "theirs") for count in (0, 4, 16)] == [orders[1][:count] for count in (0, 4, 16)]
    assert draw_added(pool, 30, 1, "others") != orders[1]


def test_more_added_images_than_the_pool_has_are_refused():
    with pytest.raises(ConfigError, match=r"^dataset.k: asks for 6 images of theirs, whose pool has 5; use at most 5$"):
        draw_added(range(5), 6, 0, "theirs")
