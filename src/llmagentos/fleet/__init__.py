"""How a model gets from who made it to the boxes: releases that are signed, installed whole, tried, and taken back."""
