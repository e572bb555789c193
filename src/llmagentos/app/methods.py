"""The methods of a node: written down, shown as scenes of the site, and taught by the plans that use them.

As scenes they need no words of their own: who knows how to ask for a scene, by voice, page or order, can ask for a plan.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from llmagentos.agent.effects import METHODS
from llmagentos.agent.outcomes import MethodOperation
from llmagentos.agent.plans.methods import Method, Methods
from llmagentos.agent.plans.outline import PlanError
from llmagentos.agent.wording import Language, join, say
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Declined
from llmagentos.kernel.journal import JournalFailed
from llmagentos.knowledge import World
from llmagentos.language import Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.snapshot import Speaker

STATE = "methods"
"""Of the journal."""


class OwnMethods:
    """One per node. `changed` is told of scenes that come and go, `keep` writes the state."""

    def __init__(self, world: World, recorder: Recorder, changed: Callable[[str], None], keep: Callable[[list[dict[str, Any]]], Awaitable[None]]) -> None:  # fmt: skip
        self._world, self._recorder, self._changed, self._keep = world, recorder, changed, keep
        self._methods = Methods()

    def load(self, state: list[dict[str, Any]]) -> None:
        """Take up what was kept, before the broker says anything."""
        self._methods.load(state)
        known = {_scene(one).id for one in self._methods.all()}
        for entity in self._world.snapshot(self._recorder.now()).entities.values():
            if entity.description.device == METHODS and entity.id not in known:
                self._world.remove(entity.id)
        for one in self._methods.all():
            self._world.describe(_scene(one))

    async def give(self, operation: MethodOperation, speaker: Speaker, language: Language) -> str:
        """One more way to do something, or another way to do the same; what to say. Raises: Declined; JournalFailed, and then all is as it was."""
        title, before = operation.method.title, self._methods.called(operation.method.title)
        if before is not None and speaker.principal not in (before.principal, "owner"):
            raise Declined(say("method_of_other", language, title=title, name=before.principal))
        method = Method(self._recorder.next_id(), render(Program((operation.method,))), speaker.principal)
        if before is not None:  # orders know it by its id, and what was learned of its steps is still so
            method = replace(before, sentence=method.sentence, principal=speaker.principal)
        known = self._methods.dump()
        try:
            self._methods.place(method)
            await self._keep(self._methods.dump())
        except PlanError as error:
            raise Declined(say("plan", language, name=str(error))) from error
        except JournalFailed:
            self._methods.load(known)
            raise
        self._world.describe(_scene(method))
        self._changed(_scene(method).id)
        return say("method_known", language, title=method.tree.title, steps=join([one.name for one in method.tree.tasks], language))  # fmt: skip

    def expanded(self, plan: t.Plan) -> t.Plan:
        """With each method's tasks in the place of its name. Raises: PlanError."""
        return self._methods.expanded(plan)

    async def learn(self, path: str, seconds: float | None) -> None:
        """A step of a plan was over in so many seconds, or failed."""
        if self._methods.learn(path, seconds):
            await self._keep(self._methods.dump())

    async def remove(self, method: Method) -> None:
        """It is no method any more. Plans that use it go on as they were begun."""
        self._methods.remove(method.id)
        await self._keep(self._methods.dump())
        self._gone(method)

    async def forget(self, method: Method) -> None:
        """What was learned of it."""
        self._methods.forget(method.id)
        await self._keep(self._methods.dump())

    def all(self) -> tuple[Method, ...]:
        """In the order in which they were given."""
        return self._methods.all()

    def _gone(self, method: Method) -> None:
        self._world.remove(_scene(method).id)
        self._changed(_scene(method).id)


def _scene(method: Method) -> EntityDescription:
    activate = Property(name="activate", kind="action", readable=False, writable=True)
    return EntityDescription(
        id=f"method.{method.id}", entity_class="scene", name=method.tree.title, device=METHODS, properties=(activate,)
    )
