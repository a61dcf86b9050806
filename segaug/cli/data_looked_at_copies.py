"""Near copies in a data set, as the page about it shows them."""

from collections.abc import Sequence

from segaug.cli.bar import Bar
from segaug.data.check.shown import shown
from segaug.data.copies.pair import Pair
from segaug.data.copies.report import CopiesReport, copies_among
from segaug.data.task import Case as DataCase
from segaug.data.task import Dataset
from segaug.errors import UserError
from segaug.report.dataset.looked_at import Case, CopyPair, NearCopies

_SHOWN = 12  # pairs


def near_copies(cases: Sequence[DataCase], read_by: Sequence[Dataset]) -> NearCopies:
    """Search all images, masks unopened; where that cannot be done, the words say why.

    read_by: the data set of each case.
    """
    try:
        with Bar() as bar:
            report = copies_among(cases, bar)
    except UserError as error:
        return NearCopies(f"Not looked for: {error}.")
    apart = [pair for pair in report.pairs if not report.kept(pair)]
    first = [*apart, *(pair for pair in report.pairs if report.kept(pair))][:_SHOWN]
    pairs = [copy for pair in first if (copy := _pair(pair, report, read_by))]
    return NearCopies(_words(report, len(apart), len(pairs)), tuple(pairs))


def _words(report: CopiesReport, apart: int, shown_pairs: int) -> str:
    said = [f"None among {len(report.cases)} images."]
    if report.pairs:
        images = len({place for pair in report.pairs for place in pair.places})
        said = [f"{len(report.pairs)} pairs among {images} of {len(report.cases)} images show the same picture."]
        parted = f"The split may part {apart} of them: `segaug data copies` says how to keep them together."
        said.append(parted if apart else "The split keeps all of them together.")
    if shown_pairs < len(report.pairs):
        said.append(f"{shown_pairs} are shown.")
    if smooth := len(report.featureless):
        said.append(f"{smooth} images are too smooth to be recognised, and nothing is known of them.")
    return " ".join(said)


def _pair(pair: Pair, report: CopiesReport, read_by: Sequence[Dataset]) -> CopyPair | None:
    first, second = (_case(report.cases[place], read_by[place]) for place in pair.places)
    if first is None or second is None:
        return None
    words = [f"details agree to {pair.correlation:.2f}", f"scale {pair.scale:.2f}"]
    if round(pair.angle_deg):
        words.append(f"turned by {pair.angle_deg:.0f} degrees")
    if pair.mirrored:
        words.append("mirrored")
    words.append("kept together" if report.kept(pair) else "may be on two sides of the split")
    return CopyPair(first, second, ", ".join(words))


def _case(case: DataCase, dataset: Dataset) -> Case | None:
    one = shown(case, dataset, part="", marks=())  # of no part: its mask stays closed
    return None if one is None else Case(one.id, f"patient {case.patient}", one.image, None)
