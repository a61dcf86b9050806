"""The images that the strategy of a trial makes, for whoever looks at them or takes them away."""
