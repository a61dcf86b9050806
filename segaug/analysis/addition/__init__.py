"""Addition curves: what images of another source do to the error on the base's own test set."""
