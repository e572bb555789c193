"""Model files of several formats, read as one kind of thing."""
