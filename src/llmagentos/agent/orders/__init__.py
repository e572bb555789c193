"""Standing orders: what is to happen whenever something is the case."""
