import dataclasses
import json

import pytest

from llmagentos.messages import IdSource, SimulatedClock, codec
from llmagentos.messages.records import (
    Answer,
    Candidate,
    Command,
    Decision,
    Intent,
    Observation,
    Proposal,
    Record,
    Sent,
)

COMMAND = Command(entity="light.a", property="on", value=True, verb="turn on")
RECORDS: list[Record] = [
    Observation(id="n-1", at=1.5, source="devices", entity="light.a", property="on", value=True, causes=("n-0",)),
    Decision(id="n-2", at=2, source="agent", model="m", candidates=(Candidate(sentence="none", probability=0.5),),
             calibrated=False, passes=3, duration_ms=12.5),
    Proposal(id="n-3", at=3, source="agent", principal="owner", agent="dialogue", sentence="x", commands=(COMMAND,), expires_at=9),
    Intent(id="n-4", at=4, source="actuation", command=COMMAND, approval="n-3", principal="owner", expires_at=9),
    Answer(id="n-6", at=6, source="agent", session="main", words="k", kind="question"),
    Sent(id="n-5", at=5, source="actuation", intent="n-4", messages=(("a/b", "ON"),)),
]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: type(one).__name__)
def test_round_trip_through_json(record: Record) -> None:
    assert codec.decode(json.loads(json.dumps(codec.encode(record)))) == record


def test_unknown_newer_and_broken_records_are_refused() -> None:
    good = codec.encode(RECORDS[0])
    for bad in ({**good, "record": "Spaceship"}, {**good, "schema": 99}, {**good, "at": "noon"}, {**good, "new": 1}):
        with pytest.raises(codec.SchemaError):
            codec.decode(bad)


def test_an_older_schema_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    old = codec.encode(RECORDS[0])
    old["schema"] = 0
    old["attribute"] = old.pop("property")
    monkeypatch.setitem(
        codec.MIGRATIONS, ("Observation", 0), lambda fields: {**{k: v for k, v in fields.items() if k != "attribute"},
                                                              "property": fields["attribute"]}
    )  # fmt: skip
    assert codec.decode(old) == RECORDS[0]


def test_every_kind_is_known_and_none_has_a_field_named_as_the_envelope() -> None:
    assert {"Reading", "Utterance", "Receipt", "Fault", "Refusal"} <= set(codec.KINDS)
    for kind in codec.KINDS.values():
        assert not {"record", "schema"} & {field.name for field in dataclasses.fields(kind)}


def test_ids_sort_and_never_repeat_when_the_clock_jumps_back() -> None:
    clock = SimulatedClock()
    source = IdSource("home", clock)
    first = [source.next() for _ in range(100)]
    clock.jump(-3600)
    rest = [source.next() for _ in range(100)]
    ids = first + rest
    assert ids == sorted(set(ids))


def test_digest_depends_on_every_field() -> None:
    others = [Command(entity="light.b", property="on", value=True, verb="turn on"),
              Command(entity="light.a", property="on", value=False, verb="turn on"),
              Command(entity="light.a", property="on", value=1, verb="turn on")]  # fmt: skip
    assert len({COMMAND.digest(), *(one.digest() for one in others)}) == 4
