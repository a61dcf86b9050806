"""What the flags of a curve mean, in a clause each."""

from collections.abc import Collection, Iterator, Mapping

from segaug.analysis.curves.notes import BY_FLAG
from segaug.analysis.law.fit import Flag

_WORDS: Mapping[Flag, str] = {
    **BY_FLAG,
    "law_not_testable": "the law is not tested: that needs 6 sizes and repeated trials",
    "suspicious_zero_variance": "seeds agree to 0.1 %: was the seed applied?",
    "divergence_matters": "diverged trials matter: see Divergence",
    "b_at_bound": "b ended at a limit of its search",
    "trimmed_fit_available": "the law fits from a larger N on",
}  # those that a verdict or an interval says already are left out


def flag_words(flags: Collection[Flag]) -> Iterator[str]:
    """A clause each, in one order."""
    return (words for flag, words in _WORDS.items() if flag in flags)
