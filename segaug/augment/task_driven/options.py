"""Options of the joint phase, in which a generator is trained together with a segmentation network."""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import NoReturn

from segaug.errors import ConfigError

COUPLINGS = ("joint", "detached", "independent")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the joint phase runs, every number settled.

    coupling: what reaches the generator, and who chooses its checkpoint.  joint: the segmentation loss, through the
    warp or the addition, and the adversarial one; the segmentation network's Dice on validation images chooses.
    detached: the gradient of the segmentation loss stops at the images; the choice is the same.  independent: there is
    no segmentation network, and the last generator is taken.
    """

    coupling: str
    lambda_adv: float  # weight of the adversarial loss beside a weight of 1 of the segmentation loss
    lambda_ld: float  # weight of minus the mean |v| [px at a side of 224] or |Delta I|
    warmup: int  # updates of the segmentation network alone, before
    updates: int  # joint ones: of the segmentation network and the generator, then of the discriminator
    batch_size: int
    validate_every: int  # joint updates
    learning_rate: float  # of the segmentation network and the generator
    discriminator_learning_rate: float
    r1: float  # weight of the gradient penalty on real images; 0: none
    r1_every: int  # updates; the penalty is multiplied by it
    labelled_share: float  # of the discriminator's real images: labelled ones; the rest is unlabelled
    averaging: float  # decay of the mean over the generator's weights that is kept; 0 keeps the weights themselves
    mixed_batch_norm: bool  # real and generated images in one batch of the discriminator, as in the released code
    intensity_start: float  # factor on the first weights of G_I's last layer; at 1 |Delta I| starts above 0.3


PROFILES = {
    # Chaitanya et al. (2021), section 4.4, and the released code, at a side of 224 px
    "published": Plan(
        coupling="joint",
        lambda_adv=1.0,
        lambda_ld=1e-3,
        warmup=400,
        updates=10_000,
        batch_size=20,
        validate_every=10,
        learning_rate=1e-3,
        discriminator_learning_rate=1e-3,
        r1=0.0,
        r1_every=16,
        labelled_share=0.0,
        averaging=0.0,
        mixed_batch_norm=False,
        intensity_start=1.0,
    ),
}
PROFILES["stable"] = replace(
    PROFILES["published"],
    warmup=64,
    updates=256,
    batch_size=8,
    validate_every=16,
    discriminator_learning_rate=1e-4,  # with the published one the task hardly reaches the generator
    intensity_start=0.1,  # with the published one grey values stay as violently changed as by the first weights
)
"""Short enough for a CPU at 64 px; why it differs in two numbers: docs/decisions/0019-joint-phase.md."""


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A profile, and what differs from it; null: as the profile says.  The options are those of `Plan`."""

    profile: str = "stable"  # stable | published
    coupling: str | None = None  # joint | detached | independent
    lambda_adv: float | None = None
    lambda_ld: float | None = None
    warmup: int | None = None
    updates: int | None = None
    batch_size: int | None = None
    validate_every: int | None = None
    learning_rate: float | None = None
    discriminator_learning_rate: float | None = None
    r1: float | None = None
    r1_every: int | None = None
    labelled_share: float | None = None
    averaging: float | None = None
    mixed_batch_norm: bool | None = None
    intensity_start: float | None = None

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            self._refuse("profile", f"choose from {', '.join(PROFILES)}")
        # a trial's id and record hold what was used, not that it was left out
        for name, value in asdict(self.plan).items():
            object.__setattr__(self, name, value)
        self._check(self.plan)

    @property
    def plan(self) -> Plan:
        """Every option settled."""
        own = {each.name: getattr(self, each.name) for each in fields(Plan)}
        return replace(PROFILES[self.profile], **{name: value for name, value in own.items() if value is not None})

    def _check(self, plan: Plan) -> None:
        if plan.coupling not in COUPLINGS:
            self._refuse("coupling", f"choose from {', '.join(COUPLINGS)}")
        for name in ("lambda_adv", "lambda_ld", "r1"):
            if not 0 <= getattr(plan, name) < math.inf:
                self._refuse(name, "use a weight of 0 or more")
        for name in ("updates", "batch_size", "validate_every", "r1_every"):
            if getattr(plan, name) < 1:
                self._refuse(name, "use at least 1")
        if plan.batch_size < 2:
            self._refuse("batch_size", "use at least 2 images: batch norm needs them")
        if plan.warmup < 0:
            self._refuse("warmup", "use 0 updates or more")
        for name in ("learning_rate", "discriminator_learning_rate"):
            if not 0 < getattr(plan, name) < math.inf:
                self._refuse(name, "use a rate above 0; 1e-3 is the published one")
        if not 0 <= plan.labelled_share <= 1:
            self._refuse("labelled_share", "use a share from 0 to 1")
        if not 0 <= plan.averaging < 1:
            self._refuse("averaging", "use a decay from 0 to below 1")
        if not 0 < plan.intensity_start < math.inf:
            self._refuse("intensity_start", "use a factor above 0; 1 is the published start")
        if plan.coupling == "independent" and not plan.lambda_adv:
            self._refuse(
                "lambda_adv", "use a weight above 0: with coupling=independent nothing else trains the generator"
            )

        if plan.coupling == "detached" and not plan.lambda_adv and not plan.lambda_ld:
            self._refuse("lambda_ld", "use a weight above 0 here or in lambda_adv: nothing else trains the generator")

    def _refuse(self, option: str, fix: str) -> NoReturn:
        raise ConfigError(
            key=f"augment.joint.{option}", file="conf/augment/", problem=f"got {getattr(self, option)}", fix=fix
        )
