"""The sections of the page, a module each: `section(study)` makes it, or None where there is nothing to show."""

from collections.abc import Callable

from segaug.report.section import Section
from segaug.report.sections import (
    answers,
    cautions,
    checklist,
    checks,
    comparison,
    curves,
    data,
    divergence,
    laws,
    measures,
    planning,
    protocol,
    structures,
    training,
    trials,
    variance,
    verdicts,
)
from segaug.report.study import Study

SECTIONS: tuple[Callable[[Study], Section | None], ...] = (  # in the order of the page
    answers.section,
    cautions.section,
    curves.section,
    comparison.section,
    verdicts.section,
    laws.section,
    checks.section,
    measures.section,
    structures.section,
    variance.section,
    planning.section,
    divergence.section,
    training.section,
    trials.section,
    data.section,
    protocol.section,
    checklist.section,
)
