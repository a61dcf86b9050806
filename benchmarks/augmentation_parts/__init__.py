"""The peers of the benchmark of augmentation."""
