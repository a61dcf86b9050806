"""GenDA: a conditional GAN over registration fields, and the strategy that deforms by what it makes."""

from segaug.augment.genda.strategy import GenDA

__all__ = ["GenDA"]
