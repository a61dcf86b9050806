"""What a reader must know of images that strategies have made."""

from collections.abc import Iterator

from segaug.findings.numbers import from_to, number
from segaug.findings.phrases import counted
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Study
from segaug.report.synthesis.bank_table import grey_ratios
from segaug.report.synthesis.banks import bank_cells

LOW_MEMORISATION = 0.8  # of the distance between real images of different patients
MOST_OFF = 0.2  # of mean and standard deviation of grey values, as a share


def memorised(study: Study) -> Caution | None:
    """Samples lie close to images that the model has seen."""
    return make(
        "memorised",
        "Made images may be copies",
        f"Their median distance to the nearest real image, their source left out, is less than {LOW_MEMORISATION:g} of "
        "that between real images of different patients: what they add may be those images again, and giving them away "
        "may give these away.",
        (
            f"{cell.where}: {from_to(low, number)} in {len(low)} of {counted(len(cell.banks), 'bank')}"
            for cell in bank_cells(study)
            if (low := [ratio for ratio in cell.measures("memorisation") if ratio < LOW_MEMORISATION])
        ),
    )


def other_grey_values(study: Study) -> Caution | None:
    """Samples are brighter, darker, flatter or harder than real images."""
    return make(
        "other_grey_values",
        "Made images have other grey values than real ones",
        "Mean or standard deviation is more than 20 % off: the model has not learned the images well enough, and what "
        "the arm loses may be lost to that.",
        _off(study),
    )


def _off(study: Study) -> Iterator[str]:
    for cell in bank_cells(study):
        for name, words in (("mean", "mean"), ("sd", "standard deviation")):
            if off := [ratio for ratio in grey_ratios(cell, name) if abs(ratio - 1) > MOST_OFF]:
                banks = f"{len(off)} of {counted(len(cell.banks), 'bank')}"
                yield f"{cell.where}: {words} {from_to(off, number)} of that of real images, in {banks}"


def lost_sources(study: Study) -> Caution | None:
    """The filter dropped all samples of some labelled images."""
    return make(
        "lost_sources",
        "Labelled images lost all of their samples",
        "The samples of a trial are ranked together, so that the images which the judge finds hardest have none left: "
        "augment.per_source=true keeps the same share of each.",
        (
            f"{cell.where}: {sum(cell.lost)} of {counted(cell.sources, 'source')}"
            for cell in bank_cells(study)
            if any(cell.lost)
        ),
    )


SYNTHESIS_CHECKS = (memorised, other_grey_values, lost_sources)
