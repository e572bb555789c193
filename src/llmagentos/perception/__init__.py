"""The senses: raw data in, what was heard, seen and felt out. Raw sound and pictures stay in memory and are dropped."""
