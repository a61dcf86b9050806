"""The banks that are shown as pictures: those that the data set cards of a study keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from segaug.report.look.theme import footnote
from segaug.report.pictures.bank import bank_figure, bank_note
from segaug.report.study.study import Study
from segaug.results.bank_pictures import BankPictures
from segaug.results.card_files import read_card
from segaug.results.card_folder import card_folder


@dataclass(frozen=True)
class ShownBank:
    """Of the trial that a card shows."""

    task: str
    strategy: str
    of: str  # which trial, as a sentence
    structures: tuple[str, ...]
    pictures: BankPictures

    @property
    def title(self) -> str:
        """Of the figure."""
        return f"{self.strategy} on {self.task}"

    @property
    def file(self) -> str:
        """Name of the figure for a paper."""
        return f"bank_{self.task}_{self.strategy}"

    def figure(self) -> Figure:
        """For a paper."""
        figure = bank_figure(self.pictures, self.structures, self.title)
        footnote(figure, f"{self.of} {bank_note(self.pictures)}")
        return figure


def shown_banks(study: Study, places: Sequence[tuple[str, str]]) -> list[ShownBank]:
    """places: task and strategy.  Without those of which no card has pictures, as where the cache was another one."""
    found = []
    for task, strategy in places:
        card, arrays = read_card(card_folder(study.folder, task))
        if (pictures := BankPictures.of(arrays, strategy)) is not None:
            about = card.get("strategies", {}).get(strategy, {})
            of = f"The first sources of the trial of N = {about.get('size', '?')} and seed {about.get('seed', '?')}."
            names = card.get("structures")
            structures = tuple(names) if isinstance(names, dict) and names else ("",)
            found.append(ShownBank(task, strategy, of, structures, pictures))
    return found
