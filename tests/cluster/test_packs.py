"""Packing loses no trial, keeps to its limits, and gives the same answer each time."""

import random

from hypothesis import given
from hypothesis import strategies as st

from segaug.cluster.packs import CELL, Item, duration, packed

items = st.lists(
    st.tuples(
        st.sampled_from("TU"), st.sampled_from("mn"), st.sampled_from("abc"), st.sampled_from([4, 8]),
        st.integers(0, 5), st.floats(0.1, 5000),
    ),
    max_size=60,
).map(lambda rows: [Item(f"{number:03d}", *row) for number, row in enumerate(rows)])  # fmt: skip


@given(items, st.floats(1, 8000))
def test_every_trial_is_in_one_pack_and_no_pack_is_too_long(trials, limit):
    packs = packed(trials, limit, most=10_000)
    assert sorted(one.id for pack in packs for one in pack) == sorted(one.id for one in trials)
    assert all(len(pack) == 1 or duration(pack) <= limit * (1 + 1e-9) for pack in packs)


@given(items, st.floats(1, 8000), st.integers(1, 20), st.randoms(use_true_random=False))
def test_there_are_few_packs_and_the_order_of_trials_does_not_matter(trials, limit, most, shuffler: random.Random):
    packs = packed(trials, limit, most)
    assert len(packs) <= most
    assert sorted(one.id for pack in packs for one in pack) == sorted(one.id for one in trials)
    shuffled = list(trials)
    shuffler.shuffle(shuffled)
    assert packed(shuffled, limit, most) == packs


def grid(seconds, sizes=(4, 8), strategies="ab", seeds=5):
    return [
        Item(f"{strategy}{size}-{seed}", "T", "m", strategy, size, seed, seconds)
        for strategy in strategies
        for size in sizes
        for seed in range(seeds)
    ]


def test_seeds_come_together_first_then_sizes_then_strategies():
    by_cell = packed(grid(100), limit_s=500)
    assert [len({CELL(one) for one in pack}) for pack in by_cell] == [1] * 4
    by_curve = packed(grid(50), limit_s=500)
    assert [{one.strategy for one in pack} for pack in by_curve] == [{"a"}, {"b"}]
    assert len(packed(grid(10), limit_s=500)) == 1


def test_the_published_study_is_at_most_a_thousand_jobs():
    trials = [
        Item(f"{task}{model}{strategy}{size}{seed}", task, model, strategy, size, seed, size * 8.0)
        for task in map(str, range(20))
        for model in "mn"
        for strategy in "abc"
        for size in (4, 8, 16, 32, 64, 128, 256, 512)
        for seed in range(20)
    ]
    packs = packed(trials, limit_s=3600)
    assert len(trials) == 19_200
    assert len(packs) <= 1000
    assert sum(map(len, packs)) == len(trials)


@given(items, st.floats(1, 8000), st.integers(1, 20))
def test_the_longest_pack_comes_first(trials, limit, most):
    lengths = [duration(pack) for pack in packed(trials, limit, most)]
    assert lengths == sorted(lengths, reverse=True)


def test_a_pack_that_fills_its_limit_is_whole():
    assert [len(pack) for pack in packed(grid(100, sizes=(4,), strategies="a"), limit_s=500)] == [5]
    assert [len(pack) for pack in packed(grid(100, sizes=(4,), strategies="a"), limit_s=499)] == [4, 1]


def test_models_share_a_pack_only_where_there_would_be_too_many():
    trials = [Item(f"{model}{task}", task, model, "a", 4, 0, 1.0) for task in "TU" for model in "mn"]
    assert [len(pack) for pack in packed(trials, limit_s=10, most=4)] == [1] * 4
    assert [{item.task for item in pack} for pack in packed(trials, limit_s=2, most=3)] == [{"T"}, {"U"}]
    assert len(packed(trials, limit_s=10, most=1)) == 1


def test_packs_grow_no_longer_than_they_have_to():
    packs = packed(grid(100, strategies="abcd", seeds=10), limit_s=100, most=20)
    assert len(packs) <= 20
    assert max(map(duration, packs)) <= 700, "80 trials of 100 s in 20 packs: 400 s, and what growth adds"


def test_where_one_job_is_all_there_may_be_one_takes_everything():
    two = grid(10, sizes=(4,), strategies="a", seeds=2)
    assert len(packed(two, limit_s=10)) == 2
    assert [len(pack) for pack in packed(two, limit_s=10, most=1)] == [2]
    assert packed(two, limit_s=10, most=0) == packed(two, limit_s=10, most=1)
