"""Formats of other programs, one file each: the only place where their libraries are imported, behind bounds."""
