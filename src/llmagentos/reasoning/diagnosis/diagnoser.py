"""Which causes explain the symptoms of a day, ranked, and what to look at next.

A Bayesian network of one cause and what it does: `P(symptom | cause)` by steps of how far a symptom departs from what is usual at this plant, in standard
deviations. A cause in a room does one thing to that room's symptoms and another to those of the others, whichever room it is. Symptoms tell of
the same things more than once; so each counts for a part only (a logarithmic pool: Genest and Zidek, "Combining Probability Distributions", Statistical
Science 1986), with the parts that predict best what is wrong with plants that were not learned from.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.diagnosis.departures import Scale, Symptoms
from llmagentos.reasoning.diagnosis.readings import Values
from llmagentos.reasoning.diagnosis.symptoms import names_of_symptoms

STEPS = np.array([-12.0, -6.0, -3.5, -2.0, -1.0, 1.0, 2.0, 3.5, 6.0, 12.0])
SIZE = len(STEPS) + 1
SCHEMA = 1
LIKE_NORMAL, EVEN = 4.0, 0.9
"""How many days as if nothing were wrong, and how many evenly spread ones, every cause is taken to have been seen."""
START, STEPS_OF_FIT, RATE, RIDGE = 0.5, 400, 0.02, 0.002
WRONG = 0.2
"""On how many days something is wrong, of those that are looked at."""
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What is wrong; `room` is None where it is of the plant."""

    kind: str
    room: int | None = None


class Diagnoser:
    """Learned once, from examples; ranks for any plant with as many rooms or fewer."""

    def __init__(
        self,
        kinds: Sequence[str],
        of_rooms: Sequence[str],
        by: Scale,
        tables: Sequence[Values],
        parts: Values | None = None,
    ) -> None:
        """`tables`: log P(step | kind) of the plant's symptoms, of the room it is in, of other rooms; (kinds + 1, symptoms, steps), first
        nothing wrong. `parts`: how much each symptom counts for, those of the plant first.
        """
        self.kinds, self.of_rooms, self.scale = tuple(kinds), frozenset(of_rooms), by
        self._plant, self._own, self._other = tables
        self.parts = np.full(self._plant.shape[1] + self._own.shape[1], START) if parts is None else parts

    @classmethod
    def fitted(
        cls, kinds: Sequence[str], of_rooms: Sequence[str], by: Scale, seen: Symptoms, causes: Sequence[Cause | None]
    ) -> "Diagnoser":
        """Tables by counting; the parts on the last third of the examples, with tables of the rest."""
        last = len(causes) * 2 // 3
        tables = _counted(kinds, Symptoms(seen.plant[:last], seen.rooms[:last]), causes[:last])
        held = Symptoms(seen.plant[last:], seen.rooms[last:])
        parts = cls(kinds, of_rooms, by, tables)._fit_parts(held, causes[last:])
        return cls(kinds, of_rooms, by, _counted(kinds, seen, causes), parts)

    def _fit_parts(self, seen: Symptoms, causes: Sequence[Cause | None]) -> Values:
        """Of least surprise at what was wrong, by gradient (Adam), near a half."""
        told, prior = self._told(seen)
        number = {cause: place for place, cause in enumerate((None, *self.causes(seen.rooms.shape[1])))}
        right = np.array([number[one] for one in causes])
        parts, mean, square = self.parts.copy(), np.zeros_like(self.parts), np.zeros_like(self.parts)
        for step in range(1, STEPS_OF_FIT + 1):
            chance = _softmax(told @ parts + prior)
            chance[np.arange(len(right)), right] -= 1
            slope = np.tensordot(chance, told, 2) / len(right) + RIDGE * (parts - START)
            mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
            parts = np.maximum(parts - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8), 0.0)  # fmt: skip
        return parts

    def causes(self, rooms: int) -> tuple[Cause, ...]:
        """All that may be wrong with a plant."""
        return tuple(
            Cause(kind, room) for kind in self.kinds for room in (range(rooms) if kind in self.of_rooms else (None,))
        )

    def probabilities(self, seen: Symptoms) -> Values:
        """(plants, 1 + causes): first that nothing is wrong."""
        told, prior = self._told(seen)
        return _softmax(told @ self.parts + prior)

    def _told(self, seen: Symptoms) -> tuple[Values, Values]:
        """What each symptom says of each cause, (plants, 1 + causes, symptoms), and how likely each is beforehand, in nats."""
        plant, rooms = _steps(seen.plant), _steps(seen.rooms)
        count = rooms.shape[1]
        causes = self.causes(count)
        each = WRONG / len(self.kinds)
        prior = np.log([1 - WRONG, *(each if one.room is None else each / count for one in causes)])
        found = np.zeros((len(plant), 1 + len(causes), len(self.parts)))
        for number, cause in enumerate((None, *causes)):
            kind = 0 if cause is None else 1 + self.kinds.index(cause.kind)
            found[:, number, : plant.shape[1]] = _of_steps(self._plant[kind], plant)
            for room in range(count):
                table = self._own if cause is not None and cause.room == room else self._other
                found[:, number, plant.shape[1] :] += _of_steps(table[kind], rooms[:, room])
        return found, prior

    def reasons(self, seen: Symptoms, cause: Cause, most: int = 3) -> list[tuple[str, int | None, float]]:
        """Of one plant: the symptoms that speak most for a cause against nothing being wrong, with the room and how far each departs."""
        kind = 1 + self.kinds.index(cause.kind)
        told: list[tuple[float, str, int | None, float]] = []
        names, room_names = names_of_symptoms()
        for symptom, step in enumerate(_steps(seen.plant)[0].tolist()):
            if step >= 0:
                gain = self.parts[symptom] * (self._plant[kind, symptom, step] - self._plant[0, symptom, step])
                told.append((float(gain), names[symptom], None, float(seen.plant[0, symptom])))
        for room in range(seen.rooms.shape[1]):
            table = self._own if cause.room == room else self._other
            for symptom, step in enumerate(_steps(seen.rooms)[0, room].tolist()):
                if step >= 0:
                    gain = self.parts[len(names) + symptom] * (
                        table[kind, symptom, step] - self._other[0, symptom, step]
                    )
                    told.append((float(gain), room_names[symptom], room, float(seen.rooms[0, room, symptom])))
        told.sort(reverse=True, key=lambda one: one[0])
        return [(name, room, far) for gain, name, room, far in told[:most] if gain > 0]

    def save(self, file: Path) -> None:
        """As JSON."""
        tables = {
            name: np.round(one, 3).tolist()
            for name, one in (("plant", self._plant), ("own", self._own), ("other", self._other))
        }
        by = {"plant": np.round(self.scale.plant, 5).tolist(), "rooms": np.round(self.scale.rooms, 5).tolist()}
        held = {
            "schema": SCHEMA,
            "kinds": self.kinds,
            "of_rooms": sorted(self.of_rooms),
            "parts": np.round(self.parts, 4).tolist(),
            "scale": by,
            "tables": tables,
        }
        file.write_text(json.dumps(held) + "\n")

    @classmethod
    def load(cls, text: str) -> "Diagnoser":
        """Raises: ValueError for what was not saved by this version."""
        held = json.loads(text)
        if held.get("schema") != SCHEMA:
            raise ValueError("this is no diagnoser of this version; train it again")
        tables = [np.array(held["tables"][name]) for name in ("plant", "own", "other")]
        by = Scale(np.array(held["scale"]["plant"]), np.array(held["scale"]["rooms"]))
        return cls(held["kinds"], held["of_rooms"], by, tables, np.array(held["parts"]))


@cache
def air_handlers() -> Diagnoser:
    """The one that comes with the project, made by `agentos train diagnoser`."""
    return Diagnoser.load(
        files("llmagentos.reasoning.diagnosis").joinpath("air_handler.json").read_text(encoding="utf-8")
    )


def _steps(departure: Values) -> Steps:
    return np.where(np.isnan(departure), -1, np.digitize(departure, STEPS))


def _of_steps(table: Values, steps: Steps) -> Values:
    """(plants, symptoms), 0 where one is not known. `table` (symptoms, steps), `steps` (plants, symptoms)."""
    each = table[np.arange(table.shape[0]), np.maximum(steps, 0)]
    return np.asarray(np.where(steps >= 0, each, 0.0))


def _softmax(scores: Values) -> Values:
    found = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(found / found.sum(1, keepdims=True))


def _counted(kinds: Sequence[str], seen: Symptoms, causes: Sequence[Cause | None]) -> list[Values]:
    plant, rooms = _steps(seen.plant), _steps(seen.rooms)
    counts = [np.zeros((len(kinds) + 1, size, SIZE)) for size in (plant.shape[1], rooms.shape[2], rooms.shape[2])]
    for row, cause in enumerate(causes):
        kind = 0 if cause is None else 1 + list(kinds).index(cause.kind)
        _count(counts[0][kind], plant[row])
        for room in range(rooms.shape[1]):
            own = cause is not None and cause.room == room
            _count(counts[1 if own else 2][kind], rooms[row, room])
    return [
        _smoothed(one, normal) for one, normal in zip(counts, (counts[0][0], counts[2][0], counts[2][0]), strict=True)
    ]


def _count(table: Values, steps: Steps) -> None:
    known = np.flatnonzero(steps >= 0)
    table[known, steps[known]] += 1


def _smoothed(counts: Values, normal: Values) -> Values:
    like_normal = (normal + 0.5) / (normal + 0.5).sum(-1, keepdims=True)
    counts = counts + LIKE_NORMAL * like_normal + EVEN / SIZE
    return np.asarray(np.log(counts / counts.sum(-1, keepdims=True)))
