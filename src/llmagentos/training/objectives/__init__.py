"""What there is to learn: the next token, a hidden one, whether a sentence follows, one sequence from another."""
