"""What a study answers, before anything else."""
