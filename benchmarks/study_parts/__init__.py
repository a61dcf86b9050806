"""What `benchmarks/study.py` is made of: the question, a plain script that answers it, and what a command costs."""
