"""What to read before anything else."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.report.blocks.section import Section
from segaug.report.study.caution import Caution
from segaug.report.study.study import Study
from segaug.report.trials.cautions import cautions


@dataclass(frozen=True)
class _Cautions:
    template: ClassVar[str] = "cautions.html"
    cautions: tuple[Caution, ...]


def section(study: Study) -> Section | None:
    """None where there is nothing to warn of."""
    due = tuple(cautions(study))
    if not due:
        return None
    return Section("cautions", "Read first", "Read first", (_Cautions(due),), style="cautions")
