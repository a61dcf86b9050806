"""Generators of deformations and intensity changes that are trained together with a segmentation network."""
