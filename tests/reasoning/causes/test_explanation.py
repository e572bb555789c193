"""A room with a heater, a window, a lamp and the weather, whose physics is known: what explains that it is cold."""

from typing import Any

import numpy as np

from llmagentos.reasoning.causes.explanation import DAY_S, Course, Explanation, explain

STEP_S, DAYS = 900.0, 28


def room(
    seed: int, *, window_open: bool = False, heater_broken: bool = False
) -> tuple[Course, dict[str, Course], float]:
    """Four weeks of quarters of an hour. The heater runs when it is cold; both that it fails and that the window stands open has happened before."""
    draw = np.random.default_rng(seed)
    count = int(DAYS * DAY_S / STEP_S)
    times = np.arange(count, dtype=np.float64) * STEP_S
    rows = np.zeros((count, 5))
    warmth, window = 20.0, False
    for one in range(count):
        hour = times[one] % DAY_S / 3600
        outdoors = 8 - 4 * np.cos((hour - 3) / 12 * np.pi) + 2 * np.sin(one / 700)
        window = draw.random() > 0.08 if window else 7 < hour < 22 and draw.random() < 0.01
        broken = (one // 40) % 9 == 3
        if one > count - 20:
            window, broken = window_open, heater_broken
        heater = warmth < 20 and not broken
        lamp = 18 < hour < 23 and draw.random() < 0.9
        warmth += heater * 0.35 - (warmth - outdoors) * (0.012 + 0.06 * window) + draw.normal(0, 0.05)
        rows[one] = warmth, window, heater, lamp, outdoors
    others = {name: Course(times, rows[:, column]) for column, name in enumerate(("window", "heater", "lamp"), 1)}
    others["heater"] = Course(times, rows[:, 2], pushes="higher")
    others["outdoors"] = Course(times, rows[:, 4], outer=True)
    return Course(times, rows[:, 0]), others, float(times[-1])


def explained(seed: int, **wrong: Any) -> Explanation:
    found = explain(*room(seed, **wrong))
    assert found is not None
    return found


def named(wrong: str) -> list[set[str]]:
    """What explains each of eight such evenings, more likely than not."""
    found = [explained(seed, **{wrong: True}) for seed in range(8)]
    assert {one.departs for one in found} == {"lower"}
    return [{each.name for each in one.reasons if each.still < 0.5} for one in found]


def test_an_open_window_is_named_and_not_the_heater_that_runs_because_of_it() -> None:
    found = named("window_open")
    assert sum("window" in one for one in found) >= 7
    assert not any({"heater", "lamp"} & one for one in found)


def test_a_heater_that_fails_is_named() -> None:
    found = named("heater_broken")
    assert sum("heater" in one for one in found) >= 7
    assert not any("lamp" in one for one in found)


def test_what_is_as_always_needs_no_reason() -> None:
    found = [explained(seed) for seed in range(8)]
    assert [one.departs for one in found].count("usual") >= 6
    assert all(one.low < one.high for one in found)


def test_a_few_days_explain_nothing() -> None:
    target, others, now = room(1)
    short = Course(target.times[-40:], target.values[-40:])
    assert explain(short, others, now) is None


def test_what_was_never_seen_otherwise_and_what_is_unknown_explain_nothing() -> None:
    target, others, now = room(2, window_open=True)
    always = Course(np.array([0.0]), np.array([1.0]))
    late = Course(others["window"].times[-10:], others["window"].values[-10:])
    found = explain(target, {"always": always, "late": late}, now)
    assert found is not None
    assert found.reasons == ()
