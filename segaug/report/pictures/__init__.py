"""Figures of images, fields and registrations for single commands; no part of the page."""
