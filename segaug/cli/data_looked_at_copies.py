"""Near copies in a data set, as the page about it shows them."""

from segaug.cli.bar import Bar
from segaug.data.check.shown import shown
from segaug.data.copies.pair import Pair
from segaug.data.copies.report import CopiesReport, report_copies
from segaug.data.task import Dataset
from segaug.errors import UserError
from segaug.report.dataset.looked_at import Case, CopyPair, NearCopies

_SHOWN = 12  # pairs


def near_copies(dataset: Dataset) -> NearCopies:
    """Search all images, masks unopened; where that cannot be done, the words say why."""
    try:
        with Bar() as bar:
            report = report_copies(dataset, bar)
    except UserError as error:
        return NearCopies(f"Not looked for: {error}.")
    apart = [pair for pair in report.pairs if not report.kept(pair)]
    first = [*apart, *(pair for pair in report.pairs if report.kept(pair))][:_SHOWN]
    pairs = [copy for pair in first if (copy := _pair(pair, report, dataset))]
    return NearCopies(_words(report, len(apart), len(pairs)), tuple(pairs))


def _words(report: CopiesReport, apart: int, shown_pairs: int) -> str:
    if not report.pairs:
        found = f"None among {len(report.cases)} images."
    else:
        images = len({place for pair in report.pairs for place in pair.places})
        found = f"{len(report.pairs)} pairs among {images} of {len(report.cases)} images show the same picture; "
        found += (
            f"the split may part {apart} of them: `segaug data copies` says how to keep them together."
            if apart
            else ("the split keeps all of them together.")
        )
        if shown_pairs < len(report.pairs):
            found += f" {shown_pairs} are shown."
    smooth = len(report.featureless)
    return (
        f"{found} {smooth} images are too smooth to be recognised, and nothing is known of them." if smooth else found
    )


def _pair(pair: Pair, report: CopiesReport, dataset: Dataset) -> CopyPair | None:
    both = [_case(place, report, dataset) for place in pair.places]
    if both[0] is None or both[1] is None:
        return None
    words = [f"details agree to {pair.correlation:.2f}", f"scale {pair.scale:.2f}"]
    if round(pair.angle_deg):
        words.append(f"turned by {pair.angle_deg:.0f} degrees")
    if pair.mirrored:
        words.append("mirrored")
    words.append("kept together" if report.kept(pair) else "may be on two sides of the split")
    return CopyPair(both[0], both[1], ", ".join(words))


def _case(place: int, report: CopiesReport, dataset: Dataset) -> Case | None:
    one = shown(report.cases[place], dataset, part="", marks=())  # of no part: its mask stays closed
    return None if one is None else Case(one.id, f"patient {report.cases[place].patient}", one.image, None)
