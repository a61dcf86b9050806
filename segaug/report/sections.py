"""The sections of the page, a module each: `section(study)` makes it, or None where there is nothing to show."""

from collections.abc import Callable

from segaug.report.addition import addition_section
from segaug.report.answers import answers_section
from segaug.report.blocks.section import Section
from segaug.report.comparison import comparison_section, dice_section
from segaug.report.curves import curves_section, measures_section, structures_section
from segaug.report.data import data_section
from segaug.report.diagnostics import diagnostics_section
from segaug.report.divergence import divergence_section
from segaug.report.laws import checks_section, laws_section, verdicts_section
from segaug.report.planning import planning_section
from segaug.report.policies import policies_section
from segaug.report.sites import sites_section
from segaug.report.study.study import Study
from segaug.report.synthesis import synthesis_section
from segaug.report.trials import cautions_section, checklist_section, protocol_section, training_section, trials_section
from segaug.report.variance import variance_section
from segaug.report.ways import ways_section

SECTIONS: tuple[Callable[[Study], Section | None], ...] = (  # in the order of the page
    answers_section.section,
    cautions_section.section,
    curves_section.section,
    comparison_section.section,
    dice_section.section,
    ways_section.section,
    addition_section.section,
    sites_section.section,
    synthesis_section.section,
    policies_section.section,
    diagnostics_section.section,
    verdicts_section.section,
    laws_section.section,
    checks_section.section,
    measures_section.section,
    structures_section.section,
    variance_section.section,
    planning_section.section,
    divergence_section.section,
    training_section.section,
    trials_section.section,
    data_section.section,
    protocol_section.section,
    checklist_section.section,
)
