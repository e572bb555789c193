"""The world over a restart: what exists and what holds, apart, because the first is large and seldom changes."""

from llmagentos.kernel.journal import SqliteJournal
from llmagentos.knowledge import World

DESCRIPTIONS, VALUES, TOGETHER = "descriptions", "values", "world"
"""Of the journal; older versions kept both under the last."""


class WorldKeeper:
    """Of one node."""

    def __init__(self, world: World, journal: SqliteJournal) -> None:
        self._world, self._journal = world, journal
        self._touched, self._saved = False, -1

    def load(self) -> None:
        """Take up what the last run saved."""
        descriptions, values = self._journal.state(DESCRIPTIONS), self._journal.state(VALUES)
        if descriptions is None:
            together = self._journal.state(TOGETHER) or {}
            descriptions, values = together.get("entities"), together.get("values")
        self._world.load(descriptions or [], values or {})

    def touched(self) -> None:
        """Something was reported."""
        self._touched = True

    async def save(self) -> bool:
        """To disk, if anything was reported since the last time; whether it was. Raises: JournalFailed, and then it is tried again."""
        if not self._touched:
            return False
        structure = self._world.structure
        if structure != self._saved:
            await self._journal.put_made(DESCRIPTIONS, self._world.dump_descriptions)
            self._saved = structure
        self._touched = False
        try:
            await self._journal.put_made(VALUES, self._world.dump_values)
        except BaseException:
            self._touched = True
            raise
        return True
