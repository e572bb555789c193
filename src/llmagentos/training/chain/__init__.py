"""Teaching the judge of the edge chain: drawn sites, what happens there, and the fit of its head on a frozen model."""
