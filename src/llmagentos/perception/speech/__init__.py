"""Hearing speech and speaking: where an utterance begins and ends, what was said, with what else it may have been."""
