"""What `benchmarks/coverage.py` is made of: true curves, simulated trials, what is judged, and the tables."""
