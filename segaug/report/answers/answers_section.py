"""What the study answers, before anything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.comparison import Comparison
from segaug.errors import DataError
from segaug.report.answers.sentences import Answer, answer
from segaug.report.blocks.section import Section
from segaug.report.comparison.strategies import compared
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study


@dataclass(frozen=True)
class _Answers:
    template: ClassVar[str] = "answers.html"
    answers: tuple[Answer, ...]


def section(study: Study) -> Section | None:
    """A sentence a task and model; None where no trial has measured what the laws are fitted to."""
    if not study.fitted_groups:
        return None
    comparisons = _by_group(study)
    answers = tuple(_answer(study, group, comparisons.get(group, ())) for group in study.fitted_groups)
    return Section("answers", "Answers", "Answers", (_Answers(answers),), style="answers")


def _by_group(study: Study) -> Mapping[tuple[str, str], Sequence[Comparison]]:
    """What is compared; nothing where nothing can be, which the section of the comparison tells."""
    if len(study.strategies) < 2:
        return {}
    try:
        return {(group[0].key.task, group[0].key.model): group for group in compared(study).groups}
    except DataError:
        return {}


def _answer(study: Study, group: tuple[str, str], comparisons: Sequence[Comparison]) -> Answer:
    curves = study.curves_of(*group)
    measured = [curve for curve in curves.values() if curve.points]
    subject = next((curve for curve in measured if curve.strategy == BASELINE), (measured or list(curves.values()))[0])
    others = {curve.strategy for curve in measured if curve is not subject} - {
        comparison.key.strategy for comparison in comparisons
    }
    error = study.measured.fitted_of(group[0]).name
    return Answer(study.title(*group), answer(subject, error, study.counted, comparisons, in_order(others)))
