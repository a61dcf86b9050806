"""Quantiles and tails of the distributions of tests and intervals, straight from `scipy.special`.

The values are those of `scipy.stats`, bit by bit; importing that would take 23 MiB and half a second of each command.
"""

from typing import Any

from scipy.special import chdtrc, chdtri, fdtrc, fdtri, gammaincinv, ndtri, stdtrit

Numbers = Any  # a number or an array of them, as its functions take and return


def normal_quantile(p: Numbers) -> Numbers:
    """Of the standard normal distribution."""
    return ndtri(p)


def t_quantile(p: Numbers, df: Numbers) -> Numbers:
    """Of Student's t."""
    return stdtrit(df, p)


def chi2_quantile(p: Numbers, df: Numbers) -> Numbers:
    """Of chi-squared."""
    return 2 * gammaincinv(df / 2, p)


def chi2_upper_quantile(p: Numbers, df: Numbers) -> Numbers:
    """Of chi-squared: exceeded with probability p."""
    return chdtri(df, p)


def chi2_tail(x: Numbers, df: Numbers) -> Numbers:
    """P(chi-squared > x); x >= 0."""
    return chdtrc(df, x)


def f_quantile(p: Numbers, df: Numbers, df_error: Numbers) -> Numbers:
    """Of F."""
    return fdtri(df, df_error, p)


def f_tail(x: Numbers, df: Numbers, df_error: Numbers) -> Numbers:
    """P(F > x); x >= 0."""
    return fdtrc(df, df_error, x)
