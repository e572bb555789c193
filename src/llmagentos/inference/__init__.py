"""From a prompt and a grammar to the most probable legal sentence. Knows models and automata; knows no site."""

from llmagentos.inference.decision import Choice, Outcome, decide
from llmagentos.inference.ports import Generator, ModelUnavailable, Scorer
from llmagentos.language.automaton import Automaton, Builder

__all__ = ["Automaton", "Builder", "Choice", "Generator", "ModelUnavailable", "Outcome", "Scorer", "decide"]
