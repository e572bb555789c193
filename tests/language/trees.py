"""Strategies for whole trees of the site language."""

from typing import Any

from hypothesis import strategies as st

from llmagentos.language import tree, vocabulary
from llmagentos.language.units import UNITS, Duration, Quantity

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12) | st.sampled_from(
    ['a "quoted" \\ name', "客厅灯", "two\nlines", "Tröger's №1"]
)
NUMBERS = st.integers(-99_999, 99_999).map(float) | st.integers(-9_999, 9_999).map(lambda one: one / 8)
QUANTITIES = st.builds(Quantity, NUMBERS, st.sampled_from((*UNITS, "")))
DURATIONS = st.builds(Duration, st.integers(1, 10_000_000))
MINUTES = st.integers(0, 1439)
OPEN = st.just(tree.OPEN)
IDS = st.from_regex(r"[a-z][a-z0-9_.\-]{0,10}", fullmatch=True)
KINDS = st.sampled_from(vocabulary.KINDS)
STATES = st.sampled_from(vocabulary.STATES)


def atoms() -> st.SearchStrategy[tree.Selector]:
    """Selectors without exceptions."""
    build = st.builds
    return (
        build(tree.Selector, KINDS, id=IDS)
        | build(tree.Selector, KINDS, name=NAMES, area=st.none() | NAMES)
        | build(tree.Selector, KINDS, area=NAMES)
        | build(tree.Selector, KINDS, floor=NAMES)
        | build(tree.Selector, KINDS, here=st.just(True))
        | build(tree.Selector, KINDS, everywhere=st.just(True))
        | build(tree.Selector, KINDS)
    )


def selectors() -> st.SearchStrategy[tree.Selector]:
    """Any selector the grammar has a text for."""
    exceptions = st.lists(atoms(), min_size=1, max_size=2).map(tuple)
    groups = st.builds(tree.Selector, KINDS, area=NAMES, exceptions=exceptions) | st.builds(
        tree.Selector, KINDS, everywhere=st.just(True), exceptions=exceptions
    )
    return atoms() | groups


SELECTORS = selectors()
PROPERTIES = st.sampled_from(vocabulary.SETTABLE)
TIMERS = (
    st.builds(tree.TimerRef, name=NAMES) | st.builds(tree.TimerRef, started_for=DURATIONS) | st.builds(tree.TimerRef)
)

ACTS: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.builds(tree.Do, st.sampled_from(tuple(vocabulary.EFFECTS)), SELECTORS)
        | st.builds(tree.Set, SELECTORS, PROPERTIES, QUANTITIES | NAMES | st.booleans() | OPEN)
        | st.builds(tree.Change, st.sampled_from(["raise", "lower"]), SELECTORS, PROPERTIES, st.none() | QUANTITIES)
        | st.builds(tree.Play, NAMES, st.none() | st.sampled_from(vocabulary.MEDIA), st.none() | SELECTORS)
        | st.builds(tree.EditList, st.sampled_from(["add", "remove", "complete"]), NAMES, SELECTORS)
        | st.builds(tree.EditList, st.sampled_from(["add", "remove"]), OPEN, SELECTORS)
        | st.builds(tree.NewList, st.none() | NAMES)
        | st.builds(tree.ClearList, SELECTORS)
        | st.builds(tree.DropList, SELECTORS)
        | st.builds(tree.Announce, NAMES, st.none() | NAMES)
        | st.builds(tree.Notify, st.just("owner") | NAMES, st.none() | NAMES)
        | st.builds(tree.SetAlarm, MINUTES | OPEN, st.none() | st.sampled_from(vocabulary.ALARM_DAYS))
        | st.builds(tree.SetAlarm, MINUTES, st.sampled_from(vocabulary.DAYS), st.just(True))
        | st.builds(tree.CancelAlarm, st.none() | MINUTES)
        | st.just(tree.CancelAllAlarms())
        | st.builds(tree.StartTimer, DURATIONS | OPEN, st.none() | NAMES)
        | st.builds(tree.TimerCommand, st.sampled_from(["cancel", "pause", "resume"]), TIMERS)
        | st.builds(tree.AdjustTimer, st.sampled_from(["extend", "shorten"]), TIMERS, DURATIONS)
        | st.just(tree.CancelAllTimers())
        | st.builds(tree.Delayed, DURATIONS, ACTS)
        | st.builds(tree.Scheduled, MINUTES, ACTS, st.none() | st.sampled_from(vocabulary.ALARM_DAYS))
    )
)
ASKS = (
    st.builds(tree.AskState, SELECTORS, st.none() | st.sampled_from(vocabulary.SETTABLE))
    | st.builds(tree.Check, st.sampled_from(["is", "any", "every"]), SELECTORS, STATES | NAMES)
    | st.builds(tree.Find, SELECTORS, STATES)
    | st.builds(tree.Count, SELECTORS, st.none() | STATES)
    | st.builds(tree.Aggregate, st.sampled_from(["mean", "total"]), SELECTORS, st.none() | DURATIONS)
    | st.builds(tree.AskList, SELECTORS)
    | st.builds(tree.AskTimer, TIMERS)
    | st.builds(tree.AskClock, st.sampled_from(["time", "date"]))
    | st.builds(tree.AskWeather, st.none() | NAMES, st.none() | st.sampled_from(vocabulary.WEATHER_ASPECTS))
    | st.builds(tree.AskCalendar, st.none() | NAMES, st.none() | st.sampled_from(vocabulary.WHEN))
    | st.builds(tree.Why, subject=SELECTORS)
    | st.builds(tree.Why, record=IDS)
    | st.builds(tree.WhatIf, ACTS)
)
REPLIES = (
    st.builds(tree.Say, st.none() | NAMES)
    | st.builds(tree.Clarify, st.lists(SELECTORS, max_size=3).map(tuple))
    | st.builds(tree.Refuse, st.sampled_from(["absent", "impossible", "unsafe", "unknown"]))
    | st.just(tree.Nothing())
)
CONDITIONS = (
    st.builds(tree.Compare, SELECTORS, st.sampled_from([">", "<", ">=", "<=", "="]), QUANTITIES,
              st.none() | st.sampled_from(vocabulary.READABLE), st.none() | QUANTITIES)
    | st.builds(tree.InState, SELECTORS, STATES, st.sampled_from(["is", "any", "every"]))
    | st.builds(tree.Presence, st.sampled_from(["nobody", "somebody"]), st.none(), st.sampled_from(["home", "away"]))
    | st.builds(tree.Presence, st.none(), NAMES, st.sampled_from(["home", "away"]))
    | st.builds(tree.Clock, MINUTES, st.sampled_from(vocabulary.DAYS))
    | st.builds(tree.Sun, st.sampled_from(["sunrise", "sunset"]), DURATIONS, st.booleans())
    | st.builds(tree.Sun, st.sampled_from(["sunrise", "sunset"]))
    | st.builds(tree.Silence, SELECTORS, DURATIONS)
    | st.builds(tree.Between, MINUTES, MINUTES)
)  # fmt: skip
ANY_OF = st.builds(
    tree.AnyOf,
    st.lists(st.builds(tree.AllOf, st.lists(CONDITIONS, min_size=1, max_size=2).map(tuple)), min_size=1, max_size=2).map(tuple),
)  # fmt: skip
ORDERS = st.builds(
    tree.Order,
    ANY_OF,
    st.none() | DURATIONS,
    st.none() | ANY_OF,
    st.none() | ANY_OF,
    st.none() | st.builds(tree.Limit, st.integers(1, 99), DURATIONS),
    st.lists(ACTS, min_size=1, max_size=2).map(tuple),
)
OF_ORDERS = (
    st.builds(tree.AskOrders, st.none() | SELECTORS)
    | st.builds(tree.ChangeOrders, st.sampled_from(["pause", "resume", "remove"]), st.none() | SELECTORS)
    | st.builds(tree.ChangeOrders, st.sampled_from(["pause", "resume", "remove"]), last=st.just(True))
)
TASKS: st.SearchStrategy[tree.Task] = st.deferred(
    lambda: (
        st.builds(
            tree.Task,
            NAMES,
            st.lists(NAMES, max_size=2).map(tuple),
            st.none() | DURATIONS,
            st.lists(st.builds(tree.Need, NAMES, QUANTITIES), max_size=2).map(tuple),
            st.none() | MINUTES,
            st.none() | ANY_OF,
            st.none() | ANY_OF,
            st.just(False),
            st.lists(TASKS | ACTS, max_size=2).map(tuple),
        )
        | st.builds(tree.Task, NAMES, together=st.just(True), steps=st.lists(TASKS, min_size=1, max_size=2).map(tuple))
    )
)
ALARMS = st.builds(
    tree.Alarm,
    NAMES,
    st.sampled_from(["critical", "high", "medium", "low"]),
    ANY_OF,
    st.none() | DURATIONS,
    st.none() | NAMES,
)
PLANS = st.builds(tree.Plan, NAMES, st.lists(TASKS, min_size=1, max_size=2).map(tuple)) | st.builds(
    tree.Method, NAMES, st.lists(TASKS, min_size=1, max_size=2).map(tuple)
)
PROGRAMS = st.builds(
    tree.Program,
    st.lists(ACTS | ASKS | REPLIES | OF_ORDERS, min_size=1, max_size=3).map(tuple) | ORDERS.map(lambda one: (one,)) | (PLANS | ALARMS).map(lambda one: (one,)),
)  # fmt: skip
