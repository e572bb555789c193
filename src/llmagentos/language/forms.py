"""The grammar itself: which text each statement has. Readable top to bottom; the version is in `tree`."""

from typing import get_args

from llmagentos.language import tree, vocabulary
from llmagentos.language.grammar import (
    Alternatives,
    Amount,
    Count,
    Form,
    Identifier,
    Many,
    Part,
    Quoted,
    Span,
    TimeOfDay,
    Words,
)

TEXT, ID, AMOUNT, SPAN, TIME = Quoted(), Identifier(), Amount(), Span(), TimeOfDay()
STATE = Alternatives(Words(vocabulary.STATES, slots=True), TEXT)
PROPERTY = Alternatives(Words(vocabulary.READABLE), TEXT)
ON_OFF = Words((), {"on": True, "off": False})
OPEN = Form(tree.Open, "?")

# Which entities:  light "Lamp" | light #id | light in "Kitchen" | light on "Upstairs" | light here | all light | light
_KIND = Part("kind", Words(vocabulary.KINDS))
_ATOM = Alternatives(
    Form(tree.Selector, _KIND, Part("id", ID)),
    Form(tree.Selector, _KIND, Part("name", TEXT), Part("area", TEXT, "in", optional=True)),
    Form(tree.Selector, _KIND, Part("area", TEXT, "in")),
    Form(tree.Selector, _KIND, Part("floor", TEXT, "on")),
    Form(tree.Selector, _KIND, "here", here=True),
    Form(tree.Selector, "all", _KIND, everywhere=True),
    Form(tree.Selector, _KIND),
)
_EXCEPT = Part("exceptions", Many(_ATOM), "except")
SELECTOR = Alternatives(
    Form(tree.Selector, _KIND, Part("area", TEXT, "in"), _EXCEPT),
    Form(tree.Selector, _KIND, Part("floor", TEXT, "on"), _EXCEPT),
    Form(tree.Selector, _KIND, "here", _EXCEPT, here=True),
    Form(tree.Selector, "all", _KIND, _EXCEPT, everywhere=True),
    _ATOM,
)
_TARGET = Part("target", SELECTOR)

TIMER = Alternatives(
    Form(tree.TimerRef, Part("name", TEXT)),
    Form(tree.TimerRef, Part("started_for", SPAN, "for")),
    Form(tree.TimerRef, Part("area", TEXT, "in")),
    Form(tree.TimerRef),
)

_ITEM = Alternatives(TEXT, OPEN)
ACT = Alternatives(
    Form(tree.Do, Part("verb", Words(tuple(vocabulary.EFFECTS))), _TARGET),
    Form(tree.Set, "set", _TARGET, Part("property", Words(vocabulary.SETTABLE)),
         Part("value", Alternatives(AMOUNT, ON_OFF, TEXT, OPEN))),
    Form(tree.Change, Part("direction", Words(("raise", "lower"))), _TARGET,
         Part("property", Words(vocabulary.SETTABLE)), Part("amount", AMOUNT, "by", optional=True)),
    Form(tree.Play, "play", Part("query", TEXT), Part("media", Words(vocabulary.MEDIA), "as", optional=True),
         Part("target", SELECTOR, "on", optional=True)),
    Form(tree.EditList, "add", Part("item", _ITEM), "to", Part("list", SELECTOR), verb="add"),
    Form(tree.EditList, "remove", Part("item", _ITEM), "from", Part("list", SELECTOR), verb="remove"),
    Form(tree.EditList, "complete", Part("item", TEXT), "on", Part("list", SELECTOR), verb="complete"),
    Form(tree.NewList, "new list", Part("name", TEXT, optional=True)),
    Form(tree.ClearList, "clear", Part("list", SELECTOR)),
    Form(tree.DropList, "drop", Part("list", SELECTOR)),
    Form(tree.Announce, "announce", Part("text", TEXT), Part("area", TEXT, "in", optional=True)),
    Form(tree.Notify, "notify", Part("person", Alternatives(Words(("owner",)), TEXT)),
         Part("text", TEXT, "saying", optional=True)),
    Form(tree.StartTimer, "start timer", Part("duration", Alternatives(SPAN, OPEN)), Part("name", TEXT, optional=True)),
    Form(tree.TimerCommand, Part("verb", Words(("cancel", "pause", "resume"))), "timer", Part("timer", TIMER)),
    Form(tree.CancelAllTimers, "cancel all timers"),
    Form(tree.AdjustTimer, Part("verb", Words(("extend", "shorten"))), "timer", Part("timer", TIMER), "by",
         Part("amount", SPAN)),
)  # fmt: skip
ACT.rules += [
    Form(tree.SetAlarm, "set alarm at", Part("minute_of_day", TIME), Part("day", Words(vocabulary.DAYS), "every"), repeats=True),
    Form(tree.SetAlarm, "set alarm at", Part("minute_of_day", Alternatives(TIME, OPEN)), Part("day", Words(vocabulary.ALARM_DAYS), "on", optional=True)),
    Form(tree.CancelAlarm, "cancel alarm", Part("minute_of_day", TIME, "at", optional=True)),
    Form(tree.CancelAllAlarms, "cancel all alarms"),
]  # fmt: skip
ACT.rules.append(Form(tree.Delayed, "after", Part("after", SPAN), ":", Part("action", ACT)))
ACT.rules.append(
    Form(tree.Scheduled, "at", Part("minute_of_day", TIME), Part("day", Words(vocabulary.ALARM_DAYS), "on", optional=True), ":", Part("action", ACT))
)  # fmt: skip
_ACTIONS = Part("actions", Many(ACT, ";"))

# duration of light "Hall" on today; times of cover "Garage" open last 7 d; last time lock "Front Door" unlocked
# list "HVAC Zone" fed by "ahu_A2"; count every "VAV" without "AHU"; whether "cwp-2" feeding "ch-3"; path "ahu_A3" to "room_R311"
_LISTING = Part("listing", Words(get_args(tree.Listing)))
_RELATION = Part("relation", Words(get_args(tree.Relation)))
_FUNCTION = Words(("mean", "minimum", "maximum", "total"))
PERIOD = Words(get_args(tree.Period))
DURING = Alternatives(
    Form(tree.During, Part("period", PERIOD), Part("part", Words(get_args(tree.DayPart)))),
    Form(tree.During, Part("period", PERIOD), Part("start", TIME, "from"), Part("end", TIME, "to")),
)
_WINDOW = Part("over", DURING), Part("over", PERIOD), Part("over", SPAN, "last")
_PAST = *_WINDOW[:2], Part("over", SPAN, "last", optional=True)
_ABILITY = Part("ability", Words((*vocabulary.SETTABLE, *vocabulary.EFFECTS)))
_BEYOND = Part("operator", Words((">", "<")))
_MORE = Part("more", Words(get_args(tree.More)))
_STANDING = Form(tree.Standing, _RELATION, Part("thing", TEXT))
_MEASURE = Part("measure", Words(("duration", "times")))
ASK = Alternatives(
    Form(tree.AskState, "state of", _TARGET),
    *(Form(tree.Aggregate, Part("function", _FUNCTION), "of", _TARGET, one) for one in _PAST),
    *(Form(tree.AskPast, _MEASURE, "of", _TARGET, Part("state", STATE), one) for one in _PAST),
    Form(tree.AskPast, Part("measure", Words(("last time",))), _TARGET, Part("state", STATE)),
    *(Form(tree.AskPast, Part("measure", Words(("ever",))), _TARGET, Part("state", STATE), one) for one in _PAST),
    *(Form(tree.AskCrossed, _MEASURE, "of", _TARGET, _BEYOND, Part("value", AMOUNT), one) for one in _PAST),
    *(Form(tree.AskCrossed, Part("measure", Words(("ever",))), _TARGET, _BEYOND, Part("value", AMOUNT), one) for one in _PAST),
    Form(tree.AskCrossed, Part("measure", Words(("last time",))), _TARGET, _BEYOND, Part("value", AMOUNT)),
    *(Form(tree.AskChanged, "changes", Part("area", TEXT, "in", optional=True), one) for one in _WINDOW),
    *(Form(tree.AskUnusual, "unusual", Part("target", SELECTOR, "of", optional=True), one) for one in _WINDOW),
    Form(tree.Compared, "whether", _TARGET, _MORE, "than", Part("other", SELECTOR)),
    Form(tree.ComparedPeriods, "whether", Part("function", _FUNCTION), "of", _TARGET, _MORE, Part("over", PERIOD), "than", Part("before", PERIOD)),
    Form(tree.AskLinked, _LISTING, Part("kind", TEXT, optional=True), _RELATION, Part("thing", TEXT), Part("also", _STANDING, "and", optional=True)),
    Form(tree.AskKind, _LISTING, "every", Part("kind", TEXT), Part("having", TEXT, "with")),
    Form(tree.AskMost, "most", Part("counted", TEXT), "by", Part("by", TEXT)),
    Form(tree.AskMore, "more", Part("counted", TEXT), "at", Part("thing", TEXT), "or", Part("other", TEXT)),
    Form(tree.AskKind, _LISTING, "every", Part("kind", TEXT), Part("lacking", TEXT, "without", optional=True)),
    Form(tree.AskWhether, "whether", Part("thing", TEXT), _RELATION, Part("other", TEXT)),
    Form(tree.AskPath, "path", Part("thing", TEXT), "to", Part("other", TEXT)),
    Form(tree.AskPath, "between", Part("thing", TEXT), "and", Part("other", TEXT), between=True),
    Form(tree.AskAble, "which", _TARGET, "able", _ABILITY),
    Form(tree.AskAble, "whether", _TARGET, "able", _ABILITY, whether=True),
    Form(tree.AskAbilities, "abilities of", _TARGET),
    Form(tree.AskPlace, "place of", _TARGET),
    Form(tree.Check, Part("quantifier", Words(("is", "any", "every"))), _TARGET, Part("state", STATE)),
    Form(tree.Find, "which", _TARGET, Part("state", STATE, optional=True)),
    Form(tree.Count, "count", _TARGET, Part("state", STATE, optional=True)),
    Form(tree.AskList, "items of", Part("list", SELECTOR)),
    Form(tree.AskTimer, "status of timer", Part("timer", TIMER)),
    Form(tree.AskAlarms, "alarms"),
    Form(tree.AskClock, "what", Part("what", Words(("time", "date")))),
    Form(tree.AskWeather, "weather", Part("aspect", Words(vocabulary.WEATHER_ASPECTS), optional=True),
         Part("place", TEXT, "at", optional=True), Part("day", Words(vocabulary.WHEN), optional=True)),
    Form(tree.AskCalendar, "events", Part("calendar", TEXT, "of", optional=True),
         Part("day", Words(vocabulary.WHEN), optional=True)),
    Form(tree.Why, "why", Part("record", ID)),
    Form(tree.Why, "why", Part("subject", SELECTOR)),
    Form(tree.Why, "why"),
    Form(tree.WhatIf, "what if", Part("action", ACT)),
    Form(tree.AskState, Part("property", PROPERTY), "of", _TARGET),
)  # fmt: skip

REPLY = Alternatives(
    Form(tree.Say, "say", Part("text", TEXT, optional=True)),
    Form(tree.Clarify, "clarify", Part("options", Many(SELECTOR, "or"), optional=True)),
    Form(tree.Refuse, "refuse", Part("reason", Words(("absent", "impossible", "unsafe", "unknown")))),
    Form(tree.Nothing, "none"),
)

_OPERATOR = Part("operator", Words((">=", "<=", ">", "<", "=")))
_HYSTERESIS = Part("hysteresis", AMOUNT, "back by", optional=True)
CONDITION = Alternatives(
    Form(tree.Silence, "no signal from", _TARGET, "for", Part("duration", SPAN)),
    Form(tree.Presence, Part("who", Words(("nobody", "somebody", "everybody"))), Part("place", Words(("home", "away")))),
    Form(tree.Presence, "person", Part("person", TEXT), "is", Part("place", Words(("home", "away")))),
    Form(tree.Clock, "every", Part("days", Words(vocabulary.DAYS)), "at", Part("minute_of_day", TIME)),
    Form(tree.Sun, Part("offset", SPAN), "before", Part("event", Words(("sunrise", "sunset"))), before=True),
    Form(tree.Sun, Part("offset", SPAN), "after", Part("event", Words(("sunrise", "sunset")))),
    Form(tree.Sun, Part("event", Words(("sunrise", "sunset")))),
    Form(tree.Between, "between", Part("start_minute", TIME), "and", Part("end_minute", TIME)),
    Form(tree.Compare, Part("property", PROPERTY), "of", _TARGET, _OPERATOR, Part("value", AMOUNT), _HYSTERESIS),
    Form(tree.Compare, _TARGET, _OPERATOR, Part("value", AMOUNT), _HYSTERESIS),
    Form(tree.InState, Part("quantifier", Words(("any", "every"))), _TARGET, "is", Part("state", STATE)),
    Form(tree.InState, _TARGET, "is", Part("state", STATE)),
)  # fmt: skip
CONDITIONS = Form(
    tree.AnyOf,
    Part("conditions", Many(Form(tree.AllOf, Part("conditions", Many(CONDITION, "and"))), "or")),
)

# when temperature "Freezer" > -15 C and nobody home for 10 min, at most 1 per 1 d: notify owner; turn on outlet "Spare"
ORDER = Form(
    tree.Order,
    "when",
    Part("trigger", CONDITIONS),
    Part("hold", SPAN, "for", optional=True),
    Part("condition", CONDITIONS, "if", optional=True),
    Part("until", CONDITIONS, "until", optional=True),
    Part("limit", Form(tree.Limit, Part("times", Count()), "per", Part("per", SPAN)), "at most", optional=True),
    ":",
    _ACTIONS,
)


# alarm "Freezer warm" high when temperature "Freezer" > -15 C back by 2 C for 10 min: "Close the door"
ALARM = Form(
    tree.Alarm,
    "alarm",
    Part("name", TEXT),
    Part("priority", Words(("critical", "high", "medium", "low"))),
    Part("trigger", CONDITIONS, "when"),
    Part("hold", SPAN, "for", optional=True),
    Part("advice", TEXT, ":", optional=True),
)

_NEED = Form(tree.Need, Part("resource", TEXT), Part("amount", AMOUNT))

# plan "guests": task "heat" takes 2 h needs "power" 2 kW { set climate in "Hall" temperature 21 C }
_STEP = Alternatives()
_STEPS = Many(_STEP, ";")
_TASK = (
    "task",
    Part("name", TEXT),
    Part("after", Many(TEXT), "after", optional=True),
    Part("duration", SPAN, "takes", optional=True),
    Part("needs", Many(_NEED), "needs", optional=True),
    Part("deadline", TIME, "by", optional=True),
    Part("condition", CONDITIONS, "if", optional=True),
    Part("until", CONDITIONS, "until", optional=True),
)
TASK = Alternatives(
    Form(tree.Task, *_TASK, Part("steps", _STEPS, "together {", "}"), together=True),
    Form(tree.Task, *_TASK, Part("steps", _STEPS, "{", "}", optional=True)),
)
_STEP.rules += [TASK, ACT]
PLAN = Form(tree.Plan, "plan", Part("title", TEXT), ":", Part("tasks", Many(TASK)))
METHOD = Form(tree.Method, "method", Part("title", TEXT), ":", Part("tasks", Many(TASK)))

# orders of light "Hall Light"; remove orders; pause last order
_ORDER_VERB = Part("verb", Words(("pause", "resume", "remove")))
ORDERS = Alternatives(
    Form(tree.AskOrders, "orders", Part("target", SELECTOR, "of", optional=True)),
    Form(tree.ChangeOrders, _ORDER_VERB, "last order", last=True),
    Form(tree.ChangeOrders, _ORDER_VERB, "orders", Part("target", SELECTOR, "of", optional=True)),
)

STATEMENT = Alternatives(ACT, ASK, REPLY, ORDER, ORDERS, ALARM, PLAN, METHOD)
PROGRAM = Form(tree.Program, Part("statements", Many(STATEMENT, ";")))
