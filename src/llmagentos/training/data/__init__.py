"""Text before anything is learned from it: collected, cleaned, counted, cut into tokens."""
