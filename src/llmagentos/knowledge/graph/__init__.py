"""The site as a graph in the Brick vocabulary: what there is, what it is part of, what feeds what, and who said so."""
