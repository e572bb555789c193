"""The measurements behind `agentos bench NAME`: each runs the product as a person would and reports figures."""
