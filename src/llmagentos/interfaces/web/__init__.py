"""The page: a thin shell over the node's protocol, served from this machine alone, offline."""
