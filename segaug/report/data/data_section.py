"""The cards of the data sets."""

from segaug.report import findings
from segaug.report.blocks.section import Section
from segaug.report.data.cards import read_card
from segaug.report.study.study import Study


def section(study: Study) -> Section:
    """A card a task."""
    cards = tuple(read_card(study.folder, task) for task in study.tasks)
    return Section("data", "Data sets", "Data", cards, finding=findings.of_data(cards))
