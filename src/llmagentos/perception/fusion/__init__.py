"""Several senses of one thing: what they say together, and what one of them says of the other."""
