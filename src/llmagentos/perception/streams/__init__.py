"""Signals that are numbers: what is unusual in them, as it comes, with nothing to set."""
