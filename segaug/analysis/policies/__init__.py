"""What the policies of a study have learned, over seeds."""
