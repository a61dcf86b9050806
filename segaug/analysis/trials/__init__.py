"""From records and tables to trials of curves: what is read, checked, counted and named."""
