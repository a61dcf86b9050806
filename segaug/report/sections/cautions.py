"""What to read before anything else."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.report.caution import Caution
from segaug.report.cautions import cautions
from segaug.report.section import Section
from segaug.report.study import Study


@dataclass(frozen=True)
class _Cautions:
    template: ClassVar[str] = "cautions.html"
    cautions: tuple[Caution, ...]


def section(study: Study) -> Section | None:
    """None where there is nothing to warn of."""
    found = tuple(cautions(study))
    if not found:
        return None
    return Section("cautions", "Read first", "Read first", (_Cautions(found),), style="cautions")
