"""The data sets, and how the study was made of them."""
