"""What `segaug fit` and `segaug compare` print of the fall from inside to outside: plain lines."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from segaug.analysis.sites.fall import Fall, FallAt
from segaug.cli.metric_text import metric_text
from segaug.cli.plain_lines import sentence, table
from segaug.findings.comparisons import ratio, with_other_cases
from segaug.findings.numbers import number
from segaug.findings.sites import CAUTIONS, beside_words, difference, notes, overall_words

_HEADER = ("N", "n", "inside", "outside", "ratio", "other patients", "difference", "there")
_LEGEND = (
    "inside, outside: mean errors of the same n networks on the test set of the site that they were trained at, and of "
    "the other one, of which they have seen no image",
    "ratio: outside over inside, difference: outside minus inside; brackets: 95 % over seeds, paired t (of ratios: "
    "Fieller), on these test sets",
    "other patients: the ratio's interval with other patients of both sites, too; seeds and patients resampled",
)
_THERE = "there: mean error outside of networks that were trained on N images of that site"


def fall_lines(falls: Sequence[Fall], baseline: str) -> Iterator[str]:
    """A block for each way from a site to another, and in it a table for each strategy."""
    for way, group in groupby(falls, key=lambda fall: fall.way):
        own = list(group)
        yield ""
        yield from sentence(
            f"From {way.inside} to {way.outside} ({way.task}, {way.model}): {metric_text(own[0].metric)}"
        )
        for fall in own:
            yield from ["", *sentence(fall.strategy)]
            yield from table(_HEADER, [_cells(at) for at in fall.sizes], _HEADER[4:7])
            for words in filter(None, (overall_words(fall), beside_words(fall, baseline))):
                yield from sentence(words, 2)
    if falls:
        yield ""
        there = [_THERE] if any(at.trained_there is not None for fall in falls for at in fall.sizes) else []
        for line in (*_LEGEND, *there, *notes(falls), *CAUTIONS):
            yield from sentence(line)


def shrinking_lines(falls: Sequence[Fall], baseline: str) -> Iterator[str]:
    """Only whether strategies shrink it."""
    told = [(fall, words) for fall in falls if (words := beside_words(fall, baseline))]
    for fall, words in told:
        yield from sentence(f"{fall.way.inside} to {fall.way.outside} ({fall.way.task}, {fall.way.model}): {words}")
    if told:
        yield from sentence(
            "a fall is the error outside over that inside, by the same networks; brackets: 95 % over the seeds that "
            "both strategies have, all N counting alike, for one strategy"
        )


def _cells(at: FallAt) -> tuple[str, ...]:
    there = "" if at.trained_there is None else number(at.trained_there)
    means = number(at.inside), number(at.outside)
    ratios = ratio(at.ratio), with_other_cases(at.ratio)
    return str(at.size), str(at.ratio.log.pairs), *means, *ratios, difference(at), there
