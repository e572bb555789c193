"""The one place that knows every room and wires them."""
