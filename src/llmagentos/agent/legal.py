"""Every sentence that is legal for this utterance on this site, as an automaton.

What the model can say is what the parser accepts; a verb is offered only for entities that can do it, a property only where
it can be set, a standing order only where the words speak of one, and nothing that moves where they only ask. Slots are filled with what the sentence offers.
"""

from itertools import chain

from llmagentos.agent import offered
from llmagentos.agent.linked_offered import linked
from llmagentos.agent.offered import Scope
from llmagentos.agent.open_parts import open_alarms, open_parts
from llmagentos.agent.orders.offered import about_orders, all_orders, conditions, speaks_of_order
from llmagentos.agent.past_offered import changes, past, unusual
from llmagentos.agent.periods import clearly_past
from llmagentos.agent.ports import About
from llmagentos.agent.qualities_offered import qualities
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.skeletons import Skeletons
from llmagentos.agent.speech_act import only_asks, supposes
from llmagentos.language import tree as t
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import Snapshot, Speaker


def legal(words: str, snapshot: Snapshot, speaker: Speaker, about: About, index: SiteIndex) -> Automaton:
    """The automaton of all legal sentences for these words. The index is one of the snapshot's structure."""
    scope = Scope(words, snapshot, speaker, about.entities, about.areas, index)
    supposed = supposes(words)
    wished = supposed or not only_asks(words)
    ordered = wished and not supposed and speaks_of_order(words)
    grammar = Skeletons(scope, orders=ordered, supposed=supposed)
    if wished:
        for family in offered.acts(scope):
            grammar.add_family(family, act=True)
        for statement in (*offered.media(scope), *offered.timers(scope)):
            grammar.add(statement, act=True)
    over = clearly_past(words)
    for family in chain(() if over else offered.asks(scope), past(scope), qualities(scope)):
        grammar.add_family(family, act=False)
    for statement in offered.lists(scope):
        if not supposed or isinstance(statement, t.EditList | t.AskList | t.Count):
            grammar.add(statement, act=wished and isinstance(statement, t.EditList))
    if wished and not supposed:
        for family in open_parts(scope):
            grammar.add_family(family, act=False)
    for family in () if supposed else about_orders(scope):
        grammar.add_family(family, act=False)
    others = (
        offered.ask_others(scope),
        () if supposed else offered.alarms(scope),
        () if supposed else open_alarms(scope),
        offered.replies(scope),
        linked(scope),
        changes(scope),
        unusual(scope),
        () if supposed else all_orders(scope),
    )
    for statement in chain.from_iterable(others):
        grammar.add(statement, act=False)
    if ordered:
        grammar.add_orders(list(conditions(scope)))
    return grammar.build()
