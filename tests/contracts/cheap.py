"""Registered strategies that learn in a second or two, so that every contract can be tried on them."""

from segaug.augment.augpaint.options import Denoiser, Judge
from segaug.augment.genda.options import Gan
from segaug.augment.strategy import Strategy
from segaug.augment.task_driven.options import Joint
from segaug.experiment.config.schema import STRATEGIES
from segaug.registration.lddmm import Lddmm

COARSE = Lddmm(k=4, similarity="ssd")
QUICK_JOINT = Joint(warmup=1, updates=2, batch_size=2, validate_every=1)
QUICK_DENOISER = Denoiser(updates=2, batch_size=2, warmup=1, channels=[32], attention=[])
QUICK_BANK: dict[str, object] = {"per_image": 1, "judge": Judge(updates=2, width=4)}
CHEAP: dict[
    str, dict[str, object]
] = {  # options that let a strategy learn in a second or two; a new one that learns gets a line here
    "regda": {"external": 2, "mixed": 2, "lddmm": COARSE},
    "smooth_random": {"external": 2, "mixed": 1, "lddmm": COARSE},
    "genda": {"external": 3, "gan": Gan(steps=2, width=4, side_px=16), "lddmm": COARSE},
    **{key: {"joint": QUICK_JOINT} for key in ("gd", "gi", "gd_gi", "gd_gi_mixup")},
    **{
        key: {"mask": "label", "steps": 2, "resample": 1, "denoiser": QUICK_DENOISER, **QUICK_BANK}
        for key in ("augpaint", "augpaint_conditional")
    },
    "random_bank": QUICK_BANK,
}


def make(name: str) -> Strategy:
    """The registered strategy, with its defaults where learning does not forbid it."""
    return STRATEGIES[name](**CHEAP.get(name, {}))
