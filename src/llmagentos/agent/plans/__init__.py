"""Tasks with dependencies, durations and shared resources: when each is to begin."""
