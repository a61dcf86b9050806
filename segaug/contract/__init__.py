"""What strategies, models and data sets promise: the same checks for segaug's own and for those of other packages."""
