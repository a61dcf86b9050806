"""One curve by its law: solver, weights, intervals, checks and verdicts.  Arrays in, numbers with intervals out."""
