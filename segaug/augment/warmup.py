"""The weight of a loss that comes in slowly."""

from segaug.errors import ConfigError


def warmed_up(step: int, updates: int, share: float) -> float:
    """min(1, t / T) after t updates, where T is this share of all of them; 1 from the start where the share is 0."""
    length = share * updates
    return min(1.0, step / length) if length else 1.0


def check_warmup(share: float, file: str) -> None:
    """Refuse a share outside 0..1."""
    if not 0 <= share <= 1:
        raise ConfigError(
            key="augment.warmup_share", file=file, problem=f"got {share}", fix="use a share of the updates, from 0 to 1"
        )
