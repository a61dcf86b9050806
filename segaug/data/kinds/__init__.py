"""Kinds of data sets that lie in files: each lists cases; what they share is in `stored`."""
