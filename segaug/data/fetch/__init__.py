"""Data sets from where they are published: downloads whose digest is known, and archives that are looked at first."""
