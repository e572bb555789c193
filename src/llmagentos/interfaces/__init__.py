"""How people reach the node: the command line now; the web page, HTTP APIs and voice follow."""
