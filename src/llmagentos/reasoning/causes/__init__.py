"""Causes: Bayesian networks that also answer what if, and would it have."""
