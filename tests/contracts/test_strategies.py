"""What every registered strategy promises.  A new one gets all of this by its line in the table."""

import pytest

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.none import NoAugmentation
from segaug.augment.red import RandomElastic
from segaug.contract import aside, patches, predicting
from segaug.contract.ask import OF_STRATEGIES
from segaug.contract.cheap import make
from segaug.contract.examples import BOTH, FORMS
from segaug.contract.promise import NotAsked
from segaug.contract.tried import RNG, Tried, Unprepared, equal
from segaug.experiment.config.schema import STRATEGIES

ON_GPU = (aside.cuda_agrees_with_cpu, patches.cuda_agrees_with_cpu)
STILL_BASELINE = Baseline(p_flip=0, max_angle_deg=0, min_scale=1, max_scale=1, max_shear=0, p_histogram_shift=0)
# At zero strength but p = 1: the stages run, and must change nothing.  A new strategy says so here or in its own tests.
STILL = {
    "none": NoAugmentation(),
    "baseline": STILL_BASELINE,
    "red": RandomElastic(min_magnitude_px=0, max_magnitude_px=0, baseline=STILL_BASELINE),
}
PREDICTING = [name for name, kind in STRATEGIES.items() if kind.predict is not None]
ASKED = [
    pytest.param(
        promise, form, name, marks=[pytest.mark.gpu] if promise in ON_GPU else [],
        id=f"{promise.__module__.rpartition('.')[2]}-{promise.__name__}-{form}-{name}",
    )
    for promise, forms in OF_STRATEGIES.items()
    for name in (PREDICTING if promise in predicting.PROMISES else STRATEGIES)
    for form in forms
]  # fmt: skip


@pytest.mark.parametrize(("promise", "form", "name"), ASKED)
def test_every_strategy_keeps(promise, form, name, learning):
    try:
        promise(Tried(name, make(name), form, learning))
    except Unprepared as error:
        raise AssertionError("it could not be prepared") from error  # not to be passed over here
    except NotAsked as why:
        if promise in ON_GPU or promise in predicting.PROMISES:
            raise
        pytest.skip(str(why))


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("name", STILL)
def test_zero_strength_is_the_identity_bit_for_bit(name, form, learning):
    tried = Tried(name, make(name), form, learning)
    assert equal(augment(STILL[name].stages(), tried.prepared, tried.batch, RNG), tried.batch)


def test_forms_that_are_named_are_there():
    assert {form for forms in OF_STRATEGIES.values() for form in forms} == set(FORMS)
