"""A joint phase that takes a second: discs of 32 x 32 pixels, a small network, a few updates."""

from dataclasses import replace
from functools import partial

from segaug.augment.artefact import Artefact, quiet, unkept
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Allowed, PrepareContext
from segaug.augment.task_driven.options import Joint
from segaug.contract.learning import named
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.objective import Objective
from segaug.training.protocol import Protocol
from tests.augment.learned import hearts

SIZE = (32, 32)
QUICK = Joint(warmup=2, updates=4, batch_size=4, validate_every=2)
STILL = Baseline(p_flip=0, p_rotation=0, p_affine=0, p_histogram_shift=0)


def context(made=None, *, labelled=None, external=None, validation="own", **changed):
    """A PrepareContext of discs; each artefact is made once and kept in `made`, by name."""
    made = {} if made is None else made
    labelled = hearts(5, SIZE) if labelled is None else labelled
    external = hearts(6, SIZE, seed=1).image if external is None else external
    validation = hearts(4, SIZE, seed=2) if isinstance(validation, str) else validation

    def obtain(artefact: Artefact):
        if artefact.name not in made:
            made[artefact.name] = artefact.make(None, quiet, unkept)
        return made[artefact.name]

    allowed = Allowed(external=external, validation=validation)
    plain = PrepareContext(
        subset=labelled,
        allowed=allowed,
        decides={
            "model": {"name": "nnunet"},
            "objective": {},
            "protocol": {},
            "seed": 0,
            "validation_patients": [0, 0, 1, 1],
        },
        objective=Objective(),
        build_model=lambda rng: build_with_seed(NnUnet(feature_size=4), rng.initial_seed()),
        train_segmentation=_unused,
        rng=partial(stream, 0),
        obtain=obtain,
        **named(labelled, allowed),
        validation_dice_error=Criterion("dice_patient", 1, ["a", "a", "b", "b"]).on(validation),
    )
    return replace(plain, **changed)


def short_protocol(length, **options):
    """So many updates, of which the last weights are kept."""
    fixed = {"unit": "update", "warmup": 1, "validate_every": length, "patience": None, "validation": "none"}
    return Protocol(length=length, **fixed, **options)


def _unused(*_):
    raise AssertionError("the joint phase trains its own segmentation network")
