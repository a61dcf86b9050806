"""How autoencoder, denoiser and judge are trained; every option is part of what they are known by."""

import math
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

from segaug.errors import ConfigError

FILE = "conf/augment/"
PRECISIONS = ("float32", "bfloat16")


NORM_GROUPS = 32  # of the denoiser's group norms: its channels are multiples of it


@dataclass(frozen=True, kw_only=True)
class Course:
    """One training by Adam.  Exactly one of `updates` and `epochs` counts."""

    updates: int | None
    epochs: int | None  # over the images of the pool
    batch_size: int
    learning_rate: float
    warmup: int  # updates until the rate is reached, linearly
    decay: bool  # does the rate fall to 0, linearly?

    def updates_for(self, images: int) -> int:
        """How many updates with so many images."""
        return self.updates or (self.epochs or 0) * math.ceil(images / self.batch_size)

    def check(self, group: str) -> None:
        """Raise ConfigError unless these can be trained by; group: their name in the config."""
        if (self.updates is None) == (self.epochs is None):
            problem = f"got {self.updates} beside epochs {self.epochs}"
            refuse(f"{group}.updates", problem, "give one of updates and epochs, and null for the other")
        self._at_least(group, 1, "updates", "epochs", "batch_size")
        self._at_least(group, 0, "warmup")
        if not 0 < self.learning_rate < math.inf:
            refuse(f"{group}.learning_rate", f"got {self.learning_rate}", "use a rate above 0")

    def _at_least(self, group: str, least: int, *names: str) -> None:
        for name in names:
            if (value := getattr(self, name)) is not None and value < least:
                refuse(f"{group}.{name}", f"got {value}", f"use {least} or more")


@dataclass(frozen=True, kw_only=True)
class AutoencoderCourse(Course):
    """The first stage; patches have nothing to train, and take `factor` alone."""

    factor: int  # pixels of a side in one cell of the latent grid
    channels: list[int]  # of each halving; `factor` is 2 to the power of their number
    blocks: int  # residual blocks of each
    latent_channels: int
    codes: int
    without_codes: int  # updates before the codebook is filled
    refill_every: int  # updates after which a code that nobody chose is set to a latent
    edges: float  # weight of L1 on first differences, beside 1 of L1 on grey values

    def check(self, group: str) -> None:
        """As a course, and its networks."""
        super().check(group)
        self._at_least(group, 1, "factor", "blocks", "latent_channels", "codes", "refill_every")
        self._at_least(group, 0, "without_codes")
        if min(self.channels, default=1) < 1 or 2 ** len(self.channels) != self.factor:
            problem = f"got {self.channels} with factor {self.factor}"
            refuse(f"{group}.channels", problem, "give a number of channels for each halving of the factor")
        if not 0 <= self.edges < math.inf:
            refuse(f"{group}.edges", f"got {self.edges}", "use a weight of 0 or more")


@dataclass(frozen=True, kw_only=True)
class DenoiserCourse(Course):
    """The denoising U-Net."""

    channels: list[int]  # of each level of the latent grid
    blocks: int  # residual blocks of a level
    attention: list[int]  # factors of halving, of 1, 2, 4, ..., of the levels that have it
    averaging: float  # decay of the mean over its weights that is kept; smaller in the beginning
    precision: str  # float32 | bfloat16: autocast of the network, in training and sampling

    def check(self, group: str) -> None:
        """As a course, and its network."""
        super().check(group)
        self._at_least(group, 1, "blocks")
        if not self.channels or any(each < 1 or each % NORM_GROUPS for each in self.channels):
            refuse(f"{group}.channels", f"got {self.channels}", f"use multiples of {NORM_GROUPS}, one a level")
        levels = [2**level for level in range(len(self.channels))]
        if not set(self.attention) <= set(levels):
            refuse(f"{group}.attention", f"got {self.attention}", f"use some of {levels}")
        if not 0 <= self.averaging < 1:
            refuse(f"{group}.averaging", f"got {self.averaging}", "use a decay from 0 to below 1")
        choose(f"{group}.precision", self.precision, PRECISIONS)


@dataclass(frozen=True, kw_only=True)
class Autoencoder:
    """What differs from the profile; null: as it says.  The options are those of `AutoencoderCourse`."""

    updates: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    warmup: int | None = None
    decay: bool | None = None
    factor: int | None = None
    channels: list[int] | None = None
    blocks: int | None = None
    latent_channels: int | None = None
    codes: int | None = None
    without_codes: int | None = None
    refill_every: int | None = None
    edges: float | None = None


@dataclass(frozen=True, kw_only=True)
class Denoiser:
    """What differs from the profile; null: as it says.  The options are those of `DenoiserCourse`."""

    updates: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    warmup: int | None = None
    decay: bool | None = None
    channels: list[int] | None = None
    blocks: int | None = None
    attention: list[int] | None = None
    averaging: float | None = None
    precision: str | None = None


@dataclass(frozen=True, kw_only=True)
class Judge:
    """The small network that scores samples: trained on the labelled subset alone, whatever the trial trains."""

    updates: int = 160
    batch_size: int = 4
    learning_rate: float = 2e-2
    width: int = 8  # features of its finest level

    def __post_init__(self) -> None:
        for name in ("updates", "batch_size", "width"):
            if getattr(self, name) < 1:
                refuse(f"judge.{name}", f"got {getattr(self, name)}", "use at least 1")
        if not 0 < self.learning_rate < math.inf:
            refuse("judge.learning_rate", f"got {self.learning_rate}", "use a rate above 0")


@dataclass(frozen=True)
class Profile:
    """Every option that depends on how large images and machines are."""

    first_stage: str
    prediction: str
    steps: int
    resample: int
    autoencoder: AutoencoderCourse
    denoiser: DenoiserCourse


PROFILES = {
    # Hu and Shi, and the configuration of latent-diffusion that they follow, for 256 x 256; what is not in them:
    # warm-ups, `edges` (for a perceptual loss, whose weights would have to be downloaded), the codebook's care
    "published": Profile(
        first_stage="vq",
        prediction="epsilon",
        steps=50,
        resample=1,
        autoencoder=AutoencoderCourse(
            updates=None,
            epochs=1000,
            batch_size=4,
            learning_rate=1.8e-5,
            warmup=0,
            decay=False,
            factor=4,
            channels=[256, 512],
            blocks=2,
            latent_channels=3,
            codes=8192,
            without_codes=1000,
            refill_every=1000,
            edges=1.0,
        ),
        denoiser=DenoiserCourse(
            updates=None,
            epochs=1000,
            batch_size=4,
            learning_rate=8e-6,
            warmup=0,
            decay=False,
            channels=[224, 448, 672, 896],
            blocks=2,
            attention=[2, 4, 8],
            averaging=0.9999,
            precision="float32",
        ),
    ),
    # five minutes of one core at 64 x 64; why each number: docs/decisions/0022-augpaint.md
    "small": Profile(
        first_stage="patches",
        prediction="v",
        steps=25,
        resample=4,
        autoencoder=AutoencoderCourse(
            updates=600,
            epochs=None,
            batch_size=8,
            learning_rate=2e-3,
            warmup=20,
            decay=True,
            factor=4,
            channels=[32, 64],
            blocks=2,
            latent_channels=4,
            codes=512,
            without_codes=100,
            refill_every=50,
            edges=1.0,
        ),
        denoiser=DenoiserCourse(
            updates=1100,
            epochs=None,
            batch_size=16,
            learning_rate=1e-3,
            warmup=50,
            decay=True,
            channels=[64, 128, 128],
            blocks=1,
            attention=[4],
            averaging=0.99,
            precision="float32",
        ),
    ),
}
Settled = TypeVar("Settled", AutoencoderCourse, DenoiserCourse)


def settled(own: Autoencoder | Denoiser, profile: Settled) -> Settled:
    """The course of a profile with what differs from it; giving `updates` or `epochs` replaces either."""
    given = {name: value for name, value in vars(own).items() if value is not None}
    if given.keys() & {"updates", "epochs"}:
        profile = replace(profile, updates=None, epochs=None)
    return replace(profile, **given)


def choose(option: str, value: Any, valid: tuple[str, ...]) -> None:
    """Refuse what is not among the valid values."""
    if value not in valid:
        refuse(option, f"got {value!r}", f"choose from {', '.join(valid)}")


def refuse(option: str, problem: str, fix: str) -> NoReturn:
    """Raise the ConfigError of an option of the strategy."""
    raise ConfigError(key=f"augment.{option}", file=FILE, problem=problem, fix=fix)
