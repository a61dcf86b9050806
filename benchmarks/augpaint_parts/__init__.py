"""What `benchmarks/augpaint.py` is made of: trainings, painting, trials, surveys, and what is asked of a GPU."""
