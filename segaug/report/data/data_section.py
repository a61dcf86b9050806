"""The cards of the data sets."""

from collections.abc import Sequence

from segaug.findings.phrases import listed
from segaug.report.blocks.section import Section
from segaug.report.data.cards import Card, read_card
from segaug.report.study.study import Study


def section(study: Study) -> Section:
    """A card a task."""
    cards = tuple(read_card(study.folder, task) for task in study.tasks)
    return Section("data", "Data sets", "Data", cards, finding=_finding(cards))


def _finding(cards: Sequence[Card]) -> str:
    """How large the data sets are."""
    return f"{listed([f'{card.task} ({card.extent})' if card.extent else card.task for card in cards], 'more')}."
