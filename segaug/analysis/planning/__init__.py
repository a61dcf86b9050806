"""Before a study: what a design will be able to say, what it costs, and how many images a target needs."""
