"""What somebody wants and of what they speak: the kind of an utterance and labels of its words, on top of a model that stays as it is."""
