import math

import pytest
import torch

from segaug.augment.augpaint.bank_artefact import FILTERS, Choice, Real
from segaug.augment.bank import Bank
from segaug.rng import stream
from tests.augment.learned import hearts

SCORE = torch.rand(4, 5, generator=stream(0, "scores"), dtype=torch.float64)


def chosen(score=SCORE, filter_="confidence", keep=0.5, per_source=False):
    return Choice(filter_, keep, per_source).of(score, stream(0, "random"))


@pytest.mark.parametrize("keep", [0.01, 0.3, 0.5, 0.51, 1.0])
@pytest.mark.parametrize("per_source", [False, True])
@pytest.mark.parametrize("filter_", ["confidence", "random"])
def test_exactly_the_share_is_kept(filter_, per_source, keep):
    kept = chosen(filter_=filter_, keep=keep, per_source=per_source)
    if per_source:
        assert (kept.sum(1) == math.ceil(keep * 5)).all()
    else:
        assert kept.sum() == math.ceil(keep * 20)


def test_a_share_of_a_hundred_is_that_many_per_cent():
    assert Choice("random", 0.55, False).of(torch.zeros(20, 5), stream(0, "random")).sum() == 55


def test_what_is_kept_scores_no_less_than_what_is_not():
    kept = chosen()
    assert SCORE[kept].min() >= SCORE[~kept].max()
    each = chosen(per_source=True)
    assert all(row[mask].min() >= row[~mask].max() for row, mask in zip(SCORE, each, strict=True))


def test_equal_scores_keep_the_earlier_source_and_sample():
    assert chosen(torch.full((2, 3), 0.7, dtype=torch.float64)).tolist() == [[True] * 3, [False] * 3]


def test_a_better_score_never_loses_its_place():
    kept = chosen()
    better = SCORE.clone()
    source, sample = kept.nonzero()[0].tolist()
    better[source, sample] += 0.5
    assert torch.equal(chosen(better), kept)


def test_random_does_not_look_at_scores_and_none_keeps_all():
    assert torch.equal(chosen(filter_="random"), chosen(1 - SCORE, filter_="random"))
    assert chosen(filter_="none", keep=0.1).all()
    assert set(FILTERS) == {"confidence", "random", "none"}


def bank(kept):
    made = (255 * hearts(10, (8, 8)).image).round().to(torch.uint8).view(2, 5, 1, 8, 8)
    return Bank(
        artefact="augpaint_bank-0",
        place=torch.tensor([0, 2]),
        image=made,
        label=torch.ones(2, 5, 1, 8, 8),
        kept_px=torch.zeros(2, 1, 8, 8, dtype=torch.bool),
        reconstruction=made[:, 0],
        score=SCORE[:2],
        chosen=kept,
        nearest=torch.zeros(2, 5, dtype=torch.long),
        distance=torch.zeros(2, 5, dtype=torch.float64),
        measures={"mean": 0.1},
        subset=3,
    )


def test_rows_to_train_on_are_the_chosen_eight_bit_images_with_no_place_in_the_pool():
    kept = chosen(SCORE[:2])
    made, subset = bank(kept), hearts(3, (8, 8))
    rows = made.rows(subset)
    assert torch.equal(rows.image, made.image[kept].float() / 255)
    assert (rows.index == -1).all()
    assert torch.equal(rows.spacing_mm, subset.spacing_mm[:1].expand(5, 2))


def test_the_record_has_an_entry_for_every_labelled_image():
    kept = chosen(SCORE[:2])
    facts = bank(kept).facts()
    assert facts["made"] == [5, 0, 5]
    assert facts["kept"] == [int(kept[0].sum()), 0, int(kept[1].sum())]
    assert facts["scores"] == [SCORE[0].tolist(), [], SCORE[1].tolist()]
    assert facts["chosen"][1] == []
    assert facts["without_foreground"] == 1


def test_real_images_are_named_alike_however_a_subset_divides_them():
    one = Real(("b", "a", "c", "d"), (0, 1, 0, 2), lambda: torch.arange(4).view(4, 1, 1, 1))
    two = Real(("c", "d", "b", "a"), (7, 3, 7, 9), lambda: torch.tensor([2, 3, 0, 1]).view(4, 1, 1, 1))
    assert one.key == two.key
    assert torch.equal(one.pool().image, two.pool().image)
    assert one.place("c") == two.place("c") == 2
    other_patients = Real(one.names, (0, 1, 2, 2), one.image)
    assert other_patients.key != one.key
