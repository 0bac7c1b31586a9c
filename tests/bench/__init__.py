"""Measurements, run by `make bench`; they print and record figures and never fail on time."""
