"""What annotators who draw further outside cost at the least: the known answer of `study=addition_shift`.

    python benchmarks/annotator_shift.py

Where nothing in an image tells its source, the best prediction of a pixel that the base calls background and the added
set foreground is the share of added images, s = k / (N + k).  On the base's test set the cross-entropy is then higher
by -ln(1 - s) for each such pixel, whatever is trained.  The excess of E(k) over the base alone with N + k images, "over
N + k" of `segaug addition addition_shift`, has to be at least that.
"""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load

N, KS, OUTSIDE_PX = 8, (4, 16), (1, 2)


def band_share(outside_px: int) -> float:
    """Share of the pixels of the base's test set that only these annotators call foreground."""
    base, other = (load(compose(["dataset=shift_base", f"dataset.annotator_px={px}"])) for px in (0, outside_px))
    rows = base.split.test
    own, drawn = base.batch(rows).label, other.batch(rows).label
    if base.split != other.split or bool((own > drawn).any()):
        raise AssertionError("the other annotators have other images, or draw inside")
    return float((drawn - own).mean())


def main() -> None:
    """A row for each source and k."""
    print(f"least excess of the test cross-entropy over the base alone with N + k images, N = {N}")
    for px in OUTSIDE_PX:
        share = band_share(px)
        for k in KS:
            least = -share * math.log(1 - k / (N + k))
            print(f"{px} px outside: band {100 * share:.2f} % of the pixels, k = {k:2}: {least:.4f} nats per pixel")


if __name__ == "__main__":
    main()
