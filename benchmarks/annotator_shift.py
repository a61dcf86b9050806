"""What annotators who draw further outside cost at the least, and what they cost in a study: its known answer.

    python benchmarks/annotator_shift.py [results/addition_shift ...]

Where nothing in an image tells its source, the best prediction of a pixel that the base calls background and the added
set foreground is the share of added images, s = k / (N + k).  On the base's test set the cross-entropy is then higher
by -ln(1 - s) for each such pixel, whatever is trained, than that of a network that is sure of them.

Of a study: the excess over trials of the same seeds to which as many images of the base's own annotators were added,
shift_none, which are the same images; mean and 95 % interval of the paired t test.  A network that was not trained out
is not sure of the border either, and its excess is lower.
"""

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from segaug.analysis.distributions import t_quantile
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load
from segaug.results.pooled import sources_of
from segaug.results.snapshot import Snapshot

N, KS, OUTSIDE_PX = 8, (4, 16), (1, 2)
CONTROL = "shift_none"


def band_share(outside_px: int) -> float:
    """Share of the pixels of the base's test set that only these annotators call foreground."""
    base, other = (load(compose(["dataset=shift_base", f"dataset.annotator_px={px}"])) for px in (0, outside_px))
    rows = base.split.test
    own, drawn = base.batch(rows).label, other.batch(rows).label
    if base.split != other.split or bool((own > drawn).any()):
        raise AssertionError("the other annotators have other images, or draw inside")
    return float((drawn - own).mean())


def errors(study: Path) -> dict[tuple[str, int], dict[int, float]]:
    """Added source and k -> seed -> test BCE, of the baseline by proportional sampling."""
    table = Snapshot(study).trials()
    rows = table[(table["sources"] != "") & (table["sampling"] == "proportional") & (table["status"] == "ok")]
    found: dict[tuple[str, int], dict[int, float]] = {}
    for _, row in rows[rows["strategy"].str.startswith("baseline")].iterrows():
        _base, added = sources_of(row["sources"])
        found.setdefault((added.name, added.training), {})[row["seed"]] = row["bce_best"]
    return found


def excesses(study: Path) -> Iterator[tuple[int, int, str]]:
    """Pixels outside, k, and the excess over the control in words."""
    found = errors(study)
    for px in OUTSIDE_PX:
        for k in KS:
            own, control = found.get((f"shift_annotator_{px}px", k), {}), found.get((CONTROL, k), {})
            excess = np.array([own[seed] - control[seed] for seed in sorted(own.keys() & control.keys())])
            if len(excess) > 1:
                half = float(t_quantile(0.975, len(excess) - 1)) * excess.std(ddof=1) / math.sqrt(len(excess))
                ends = f"[{excess.mean() - half:.4f}, {excess.mean() + half:.4f}]"
                yield px, k, f"{excess.mean():.4f} {ends}, n = {len(excess)}"


def main(studies: list[str]) -> None:
    """A row for each source and k; then of each study."""
    print(f"least excess of the test cross-entropy [nats per pixel], N = {N}")
    for px in OUTSIDE_PX:
        share = band_share(px)
        for k in KS:
            least = -share * math.log(1 - k / (N + k))
            print(f"  {px} px outside, {100 * share:.2f} % of the pixels, k = {k:2}: {least:.4f}")
    for study in studies:
        print(f"excess in {study}, over {CONTROL} with as many images")
        for px, k, words in excesses(Path(study)):
            print(f"  {px} px outside, k = {k:2}: {words}")


if __name__ == "__main__":
    main(sys.argv[1:])
