"""What the node holds true: the world with its areas and names, selection by the site language, retrieval by words."""

from llmagentos.knowledge.retrieve import Retrieved, Retriever
from llmagentos.knowledge.select import select
from llmagentos.knowledge.world import World

__all__ = ["Retrieved", "Retriever", "World", "select"]
