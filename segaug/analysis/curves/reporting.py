"""How curves are fitted, in words, and what has to be equal for the numbers to be equal.

What a paper on scaling laws must report, and most leave out: Li et al., arXiv 2502.18969.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.interval import LEVEL
from segaug.analysis.law.lack_of_fit import DOUBTFUL, REJECTED
from segaug.analysis.law.solver import B_MAX, B_MIN
from segaug.analysis.law.stated import IDENTIFIED_LEVEL, LEVEL_STATED
from segaug.analysis.law.verdict import CLAIMED_FACTOR

METHOD: dict[str, object] = {
    "form": "E(N) = a N^-b + c; a, b, c >= 0",
    "loss": "weighted least squares over size means",
    "weights": "inverse variance of the means; CV^2 log-linear in ln N, at the fitted mean, two passes",
    "published_fit": "unweighted least squares over all trials",
    "solver": "variable projection on a grid of b, exact in a and c",
    "initial_values": "none: every b of the grid is tried",
    "bounds_b": [B_MIN, B_MAX],
    "exclusions": "trials that diverged, failed or are missing; counted in states",
    "intervals": "profile, threshold F(level; 1, nu), times chi2 / df where p_lof < 0.05; patients: two-way bootstrap",
    "level": LEVEL,
    "stated": f"an identified floor: {IDENTIFIED_LEVEL:.1%}; a bound, an identified b: {LEVEL_STATED:.0%}; so that "
    "they hold where they are printed",
    "lack_of_fit": f"F test against pure error; doubtful below p = {DOUBTFUL:g}, rejected below {REJECTED:g}",
    "extrapolation": f"at most {CLAIMED_FACTOR} times the largest size, if the law fits and predicts the largest size, "
    "and no trial collapsed",
}


def reproducibility(fits: Sequence[CurveFit]) -> dict[str, object]:
    """What has to be equal for the numbers to be equal."""
    trials = [[str(curve.key), point.size, list(point.values)] for curve in fits for point in curve.points]
    sources = sorted(Path(__file__).parent.glob("*.py"))
    drawn = [len(curve.seed_laws) for curve in fits if curve.seed_laws is not None]
    return {
        "code_hash": sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16],
        "data_hash": sha256(json.dumps(trials).encode()).hexdigest()[:16],
        "random_stream": "hash of task/model",
        "resamples": drawn[0] if drawn else None,
        "versions": {name: version(name) for name in ("segaug", "numpy", "scipy", "pandas")},
    }
