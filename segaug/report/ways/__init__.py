"""Ways of predicting with one trained network: what each is worth, beside what it costs."""
