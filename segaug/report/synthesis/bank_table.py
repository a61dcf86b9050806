"""Tables of banks of made images, and a sentence for each number in them."""

from collections.abc import Iterable, Sequence

from segaug.findings.numbers import NONE, from_to, number, percent
from segaug.findings.phrases import counted, listed
from segaug.report.blocks.tables import Table
from segaug.report.synthesis.banks import BankCell

NUMBERS = (
    "Made, kept: images in all banks, each counted once; a bank is of one labelled subset, and networks share it.",
    "Lost: labelled images whose samples were all rejected, of those that had samples; an image without foreground has "
    "none to begin with (empty).",
    "Used: kept images that stood in a batch, mean over trials; updates and batch: of the trials, where one row of a "
    "batch is one image, real or made.",
    "Grey, contrast: mean and standard deviation of the grey values of the samples, over those of real images; 1 is "
    "alike, and more than 20 % off is a caution.",
    "Error in the box: root mean square difference from the source (grey values 0 to 1) where it was to be kept; by "
    "compression: that of the source which only went through the model's own compression, and no sample can be better.",
    "Change outside: the same difference from the source where the image was painted anew; it has to be far above the "
    "error in the box.",
    "Diversity: mean difference of two samples of one source outside of the box; 0 would be one image many times.",
    "Memorisation: median distance of a sample, outside of the box, to the nearest image of the pool other than its "
    "source, over the same distance of real images to those of other patients; 1 is as far as they, near 0 is a copy. "
    "The pool is what the strategy may see: one that sees no unlabelled images is measured by the few labelled ones, "
    "and does not compare with one that sees all.",
    "Source nearest: share of the samples whose nearest pool image is their own source.",
    "KID: kernel distance of samples and pool images in the features of a network of ours, so that it compares with "
    "nothing outside of this page; floor: the same of pool images and other pool images. Behind them the numbers of "
    "samples and of pool images: the fewer there are, the less it says.",
)


def made_table(cells: Sequence[BankCell]) -> Table:
    """How many there are."""
    return Table(
        "What was made, and what became of it.",
        ("task", "strategy", "N", "trials", "banks", "made", "kept", "lost", "empty", "used", "updates", "batch"),
        tuple(
            (cell.task, cell.strategy, str(cell.size), str(len(cell.trials)), str(len(cell.banks)),
             str(cell.total("made")), str(cell.total("kept")), f"{sum(cell.lost)} of {cell.sources}",
             str(sum(bank["without_foreground"] for bank in cell.banks)),
             number(_mean(bank["used"] for bank in cell.of_trials)),
             from_to((trial["updates"] for trial in cell.trials), str),
             from_to((bank["batch_size"] for bank in cell.of_trials if bank["batch_size"] is not None), str))
            for cell in cells
        ),
        strategy_column=1,
        number_columns=frozenset(range(2, 12)),
    )  # fmt: skip


def likeness_table(cells: Sequence[BankCell]) -> Table:
    """What they are like, in means over banks."""
    return Table(
        "What the images are like: means over banks; of memorisation the lowest and the highest one.",
        ("task", "strategy", "N", "grey", "contrast", "error in the box", "by compression", "change outside",
         "diversity", "memorisation", "source nearest", "KID", "floor", "samples, images"),
        tuple(_likeness(cell) for cell in cells),
        strategy_column=1,
        number_columns=frozenset(range(2, 14)),
    )  # fmt: skip


def finding(cells: Sequence[BankCell]) -> str:
    """How many, of whom, and how near to real images."""
    strategies = listed(list(dict.fromkeys(cell.strategy for cell in cells)))
    made, kept = (sum(cell.total(name) for cell in cells) for name in ("made", "kept"))
    ratios = [value for cell in cells for value in cell.measures("memorisation")]
    near = f" They lie {from_to(ratios, number)} times as far from real images as those of other patients do."
    return f"{counted(made, 'image')} made by {strategies}, {kept:,} of them kept.{near if ratios else ''}"


def _likeness(cell: BankCell) -> tuple[str, ...]:
    share = cell.mean("nearest_is_source")
    behind = [from_to(cell.measures(name), "{:.0f}".format) for name in ("kid_samples", "kid_images")]
    return (
        cell.task,
        cell.strategy,
        str(cell.size),
        number(_mean(grey_ratios(cell, "mean"))),
        number(_mean(grey_ratios(cell, "sd"))),
        *(number(cell.mean(name)) for name in ("box_error", "box_error_reconstruction", "change_outside", "diversity")),
        from_to(cell.measures("memorisation"), number),
        NONE if share is None else percent(share, ".0f"),
        number(cell.mean("kid")),
        number(cell.mean("kid_floor")),
        NONE if NONE in behind else ", ".join(behind),
    )


def grey_ratios(cell: BankCell, name: str) -> list[float]:
    """The mean or sd of the samples' grey values over that of real images, of every bank that has both."""
    pairs = (tuple(bank["measures"].get(key) for key in (name, f"real_{name}")) for bank in cell.banks)
    return [made / real for made, real in pairs if made is not None and real]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
