"""The option --metric, and a metric in words."""

from argparse import ArgumentParser, ArgumentTypeError
from functools import partial

from segaug.errors import ConfigError
from segaug.measures import BY_KEY, quantity

KEY = "--metric"
ALL = "all"


def add_metric(parser: ArgumentParser, verb: str, more: str = "") -> None:
    """What to fit, compare or plan for, as the name of an error; more: about `ALL`, where that may be asked for."""
    listed = ", ".join(BY_KEY)
    parser.add_argument(
        KEY, metavar="MEASURE", type=partial(_read, may_be_all=bool(more)),
        help=f"error to {verb}: {listed}, or that of one structure, such as dice/rv (default: the test cross-entropy "
        f"of each task, bce or ce){more}",
    )  # fmt: skip


def _read(text: str, may_be_all: bool) -> str:
    if may_be_all and text == ALL:
        return ALL
    try:
        return quantity(text).error
    except ConfigError as error:
        raise ArgumentTypeError(str(error).partition(": ")[2]) from error


def metric_text(metric: str | None) -> str:
    """Such as "test BCE [nats per pixel]"; metric: an error, None for that of a table from elsewhere."""
    if metric is None:
        return "error"
    measured = quantity(metric)
    measure, words = measured.measure, measured.error_words
    if measure.recalibrated:
        words = f"{words.removeprefix('recalibrated ')} after recalibration on validation"
    unit = f" [{measure.unit}]" if measure.better == "lower" else ""  # an overlap has none
    return f"{'test ' if measure.part == 'test' else ''}{words}{unit}"
