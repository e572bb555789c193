"""Transformers written for reading: positions, attention, blocks; encoder, decoder, and both together."""
