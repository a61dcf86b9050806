"""What panels are drawn with: marks of trials and means, axes, legends."""
