"""Options with which strategies learn in a second or two and networks are small, so that every promise can be tried."""

from dataclasses import replace
from typing import Any

from segaug.augment.augpaint.options import Denoiser, Judge
from segaug.augment.genda.options import Gan
from segaug.augment.strategy import Strategy
from segaug.augment.task_driven.options import Joint
from segaug.experiment.config.schema import MODELS, STRATEGIES, STRATEGY_CLASSES
from segaug.models.network import Model
from segaug.registration.lddmm import Lddmm

COARSE = Lddmm(k=4, similarity="ssd")
QUICK_JOINT = Joint(warmup=1, updates=2, batch_size=2, validate_every=1)
QUICK_DENOISER = Denoiser(updates=2, batch_size=2, warmup=1, channels=[32], attention=[])
QUICK_BANK: dict[str, Any] = {"per_image": 1, "judge": Judge(updates=2, width=4)}
CHEAP: dict[str, dict[str, Any]] = {  # a new strategy that learns gets a line here
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
SMALL: dict[str, dict[str, Any]] = {  # of models
    "nnunet": {"feature_size": 16},
    **{key: {"width": 1 / 16} for key in ("attn_unet", "cmunet", "nusegnet")},
}
ON_SMALL_PATCHES: dict[str, dict[str, Any]] = {"adversarial": {"level": "pixel"}}
"""Its discriminator of whole images takes none of so few pixels."""
STEPS = {**dict.fromkeys(STRATEGY_CLASSES, 1), "trivialaugment": 10}
STEPS_OF_OTHERS = 10
"""Steps in which a strategy changes any label: some leave those of most images as they are, and whether one of
another package does so nobody has said."""


def make(name: str) -> Strategy:
    """The registered strategy, with its defaults where learning does not forbid it."""
    return STRATEGIES[name](**CHEAP.get(name, {}))


def make_model(name: str) -> Model:
    """The registered model, with its defaults where its size does not forbid it."""
    return MODELS[name](**SMALL.get(name, {}))


def on_small_patches(name: str, strategy: Strategy) -> Strategy:
    """The same, with what it needs to take patches of few pixels."""
    return replace(strategy, **ON_SMALL_PATCHES.get(name, {}))
