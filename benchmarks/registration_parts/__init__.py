"""What `benchmarks/registration.py` is made of: pairs of images with labels, the peers, the scores."""
