"""The engine: a compiled model, its keys and values, and passes over trees of tokens."""
