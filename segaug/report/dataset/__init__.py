"""A page about a data set before anything was trained on it: what lies in it, and what its masks say."""
