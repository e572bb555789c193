"""Links that a graph lacks or has wrong: embeddings, mined rules, and both together."""
