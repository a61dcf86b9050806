"""Which schedulers there are, by the name of their launcher; a submission holds that of its own."""

from segaug.cluster.scheduler import Scheduler
from segaug.cluster.slurm import Slurm
from segaug.errors import ConfigError

SCHEDULERS: dict[str, Scheduler] = {scheduler.name: scheduler for scheduler in (Slurm(),)}


def scheduler_named(name: str, file: str = "") -> Scheduler:
    """Raises ConfigError for an unknown one; file: that names it, if one does."""
    if name not in SCHEDULERS:
        known = ", ".join(SCHEDULERS)
        raise ConfigError(key="scheduler", file=file, problem=f"{name!r} is unknown here", fix=f"choose from {known}")
    return SCHEDULERS[name]
