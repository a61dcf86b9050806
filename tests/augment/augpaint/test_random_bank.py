"""The comparator trains as the baseline would on the same rows."""

from dataclasses import replace

import torch

from segaug.augment.augpaint.random_bank import RandomBank
from segaug.augment.augpaint.samples import from_bytes, to_bytes
from segaug.augment.baseline import Baseline
from segaug.batch import joined
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch
from tests.augment.augpaint.examples import JUDGE, SIZE, context
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import STILL, short_protocol

PROTOCOL = replace(short_protocol(3), learning_rate=1e-2)
SUBSET = replace(hearts(3, SIZE), image=from_bytes(to_bytes(hearts(3, SIZE).image)))  # grey values of 8-bit files


def weights(strategy, subset, prepared=None):
    network = build_with_seed(NnUnet(feature_size=4), 0)
    trained = fit(network, strategy, prepared, subset, None, PROTOCOL, 0, Stopwatch(), labelled=len(SUBSET))
    return trained.last.network


def test_copies_without_a_change_are_the_baseline_on_doubled_rows():
    strategy = RandomBank(per_image=1, filter="none", judge=JUDGE, baseline=STILL)
    bank = strategy.prepare(context(SUBSET))
    rows, doubled = strategy.training_set(SUBSET, bank), joined(SUBSET, SUBSET)
    assert torch.equal(rows.image, doubled.image)
    assert torch.equal(rows.label, doubled.label)
    one, two = weights(strategy, rows, bank), weights(STILL, doubled)
    assert all(torch.equal(value, two[name]) for name, value in one.items())


def test_samples_follow_the_options_of_the_baseline():
    def samples(baseline):
        strategy = RandomBank(per_image=2, judge=JUDGE, baseline=baseline)
        return strategy.prepare(context(SUBSET)).image

    assert torch.equal(samples(STILL), to_bytes(SUBSET.image)[:, None].expand(-1, 2, -1, -1, -1))
    assert not torch.equal(samples(Baseline()), samples(STILL))
