import pytest
import torch

from segaug.augment import momenta
from segaug.augment.artefact import quiet, unkept
from segaug.augment.momenta import momenta_artefact, momenta_of
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm, Registered


def images(count, size=(16, 24), seed=0):
    return torch.rand(count, 1, *size, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def pairs(monkeypatch):
    """Replaces the registration by one whose momentum is the mean difference; lists the pairs that it was asked for."""
    asked = []

    def register(moving, fixed, lddmm):
        value = (fixed - moving).flatten(1).mean(1)
        asked.extend(value.tolist())
        modes = 2 * lddmm.k + 1
        momentum = value.view(-1, 1, 1, 1).expand(-1, 2, modes, modes)
        measured = dict.fromkeys(momenta._MEASURED, value)
        return Registered(momentum=momentum, modes=None, **measured)

    monkeypatch.setattr(momenta, "register", register)
    return asked


def test_each_pair_is_registered_once_whatever_is_asked_for_later(pairs):
    source, targets = images(1)[0], images(7, seed=1)
    first = momenta_artefact(source, targets[:4], Lddmm())
    content = first.make(None, quiet, unkept)
    assert len(pairs) == 4
    more = momenta_artefact(source, targets[2:], Lddmm())
    assert more.name == first.name
    assert first.complete(content)
    assert not more.complete(content)
    content = more.make(content, quiet, unkept)
    assert len(pairs) == len(set(pairs)) == 7
    assert first.complete(content)
    assert more.complete(content)


def test_rows_come_in_the_order_asked(pairs):
    source, targets = images(1)[0], images(5, seed=1)
    hashes = [image_hash(target) for target in targets]
    content = momenta_artefact(source, targets, Lddmm()).make(None, quiet, unkept)
    for order in ([0, 1, 2, 3, 4], [3, 0], [4, 4, 1]):
        got = momenta_of(content, [hashes[i] for i in order])
        assert got.dtype == torch.float32
        assert got.shape == (len(order), 2, 17, 17)
        want = (targets[order] - source).flatten(1).mean(1)
        torch.testing.assert_close(got[:, 0, 0, 0], want, atol=1e-3, rtol=0)  # stored in float16


def test_the_content_does_not_depend_on_who_asked_first(pairs):
    source, targets = images(1)[0], images(5, seed=1)
    one, other = (momenta_artefact(source, targets[rows], Lddmm()) for rows in ([0, 1, 2], [4, 3]))
    forth, back = (
        second.make(first.make(None, quiet, unkept), quiet, unkept) for first, second in ((one, other), (other, one))
    )
    assert forth.facts == back.facts
    assert torch.equal(forth.tensors["momentum"], back.tensors["momentum"])


def test_the_facts_are_those_of_the_pair_in_the_same_row(pairs):
    source, targets = images(1)[0], images(5, seed=1)
    facts = momenta_artefact(source, targets, Lddmm()).make(None, quiet, unkept).facts
    for target, objective in zip(facts["targets"], facts["objective"], strict=True):
        image = next(image for image in targets if image_hash(image) == target)
        assert objective == pytest.approx((image - source).mean().item(), abs=1e-6)


def test_a_target_that_occurs_twice_is_registered_once(pairs):
    source, targets = images(1)[0], images(2, seed=1)
    momenta_artefact(source, targets[[0, 1, 0]], Lddmm()).make(None, quiet, unkept)
    assert len(pairs) == 2


def test_the_name_follows_the_source_and_the_options(pairs):
    source, targets = images(1)[0], images(2, seed=1)
    names = {
        momenta_artefact(source, targets, Lddmm()).name,
        momenta_artefact(source, targets, Lddmm(sigma=2.5)).name,
        momenta_artefact(source + 0.1, targets, Lddmm()).name,
        momenta_artefact(source.mT, targets.mT, Lddmm()).name,
    }
    assert len(names) == 4


def test_progress_ends_with_all_pairs_done(pairs, monkeypatch):
    monkeypatch.setattr(momenta, "_PAIRS_AT_ONCE", 2)
    told = []
    momenta_artefact(images(1)[0], images(5, seed=1), Lddmm()).make(None, lambda *now: told.append(now), unkept)
    assert told == [(done, 5, "registering") for done in (0, 2, 4, 5)]
