from llmagentos.kernel.timers import Timer, Timers


def started(*, seconds: float = 60.0, name: str | None = None) -> Timers:
    timers = Timers()
    timers.start(Timer("t", seconds, 100 + seconds, name=name))
    return timers


def test_a_timer_is_due_until_it_is_done_with() -> None:
    timers = started()
    assert timers.due(159.9) == []
    assert [one.id for one in timers.due(160)] == ["t"]
    assert timers.cancel("t")
    assert timers.due(1_000) == []


def test_pausing_keeps_what_is_left() -> None:
    timers = started()
    timers.pause("t", 130)
    assert timers.due(10_000) == []
    [view] = timers.views(500)
    assert (view.left_s, view.running) == (30, False)
    timers.resume("t", 1_000)
    assert timers.due(1_029) == []
    assert len(timers.due(1_030)) == 1


def test_adjusting_and_cancelling() -> None:
    timers = started()
    timers.adjust("t", 60, 110)
    assert timers.due(219) == []
    timers.adjust("t", -10_000, 110)
    assert len(timers.due(110)) == 1
    assert timers.cancel_all() == 1
    assert not timers.cancel("t")


def test_of_a_timer_that_is_gone_one_hears_that() -> None:
    timers = started()
    assert timers.pause("t", 110)
    timers.cancel("t")
    assert not (timers.pause("t", 110) or timers.resume("t", 110) or timers.adjust("t", 5, 110))


def test_it_survives_a_restart_and_rings_late_rather_than_never() -> None:
    timers = started(name="eggs")
    later = Timers()
    later.load(timers.dump())
    assert [one.name for one in later.due(10_000)] == ["eggs"]
