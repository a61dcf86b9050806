"""How the generator is trained."""

from dataclasses import dataclass
from typing import NoReturn

from segaug.errors import ConfigError

FILE = "conf/augment/genda.yaml"


@dataclass(frozen=True, kw_only=True)
class Gan:
    """Options of the generator's training; all of them are part of what the trained generator is known by."""

    steps: int = 3000  # one of the discriminator and one of the generator each
    images: int = 8  # a batch; each with `fields_per_image` fields
    fields_per_image: int = 2  # that the discriminator judges together; 1 is the plain conditional GAN, which collapses
    learning_rate: float = 5e-4  # of both; constant for the first half, then linearly to 0
    r1: float = 1.0  # weight of the gradient penalty on real fields
    r1_every: int = 16  # steps; the penalty is multiplied by it
    smoothness: float = 0.1  # weight of the squared derivative of generated fields
    folding: float = 10.0  # weight of strict Jacobian determinants below 0.05
    averaging: float = 0.995  # decay of the mean over the generator's weights that is kept; 0 keeps the last ones
    width: int = 32  # channels of the finest layer of either network
    side_px: int = 32  # longer side of the grid that fields are learned on
    max_pairs: int = 2000  # ordered pairs of images that are registered
    max_pairs_per_image: int = 64  # with one source

    def __post_init__(self) -> None:
        for name in ("steps", "images", "fields_per_image", "r1_every", "width"):
            if getattr(self, name) < 1:
                self._refuse(name, "use at least 1")
        for name in ("r1", "smoothness", "folding"):
            if not getattr(self, name) >= 0:
                self._refuse(name, "use 0 or more")
        if not self.learning_rate > 0:
            self._refuse("learning_rate", "use a rate above 0; 5e-4 is the default")
        if not 0 <= self.averaging < 1:
            self._refuse("averaging", "use a decay from 0 to below 1; 0.995 is the default")
        if self.side_px < 16:
            self._refuse("side_px", "use at least 16 pixels; 32 is the default")
        if self.max_pairs_per_image < max(2, self.fields_per_image):
            self._refuse("max_pairs_per_image", "use at least 2, and fields_per_image")
        if self.max_pairs < self.max_pairs_per_image:
            self._refuse("max_pairs", "use at least max_pairs_per_image")

    def _refuse(self, option: str, fix: str) -> NoReturn:
        raise ConfigError(key=f"augment.gan.{option}", file=FILE, problem=f"got {getattr(self, option)}", fix=fix)
