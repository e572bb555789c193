"""Seeing: who and what is in a picture, what is written there, what a dial shows, and whether the picture is as usual."""
