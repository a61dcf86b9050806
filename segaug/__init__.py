"""Data-scaling studies of 2D medical image segmentation."""

__version__ = "0.1.0"
