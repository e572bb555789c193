"""Sentences that people said to a home robot, with what their labels say they mean.

Source: Liu et al., "Benchmarking Natural Language Understanding Services for building Conversational Agents", 2019 (HWU64,
CC BY 4.0), the training part. One in five is held out, for measuring and calibrating on real people's wording.
"""

import gzip
import json
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from llmagentos.agent.clock_times import NOON, clock_times
from llmagentos.agent.quantities import durations, numbers
from llmagentos.language import Program, Selector, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.language.vocabulary import ALARM_DAYS

Meaning = Callable[[Selector], Statement]


@dataclass(frozen=True)
class Quote:
    """What somebody said, with {a} where a place was named, and what it means.

    `device` must be in the home for it: (type of `homes.TYPES`, name).
    """

    words: str
    meaning: Callable[[Selector | None], Statement]
    kind: str | None = None
    """The kind of the group it speaks of; None where it is about nothing of the site."""
    device: tuple[str, str] | None = None
    needs: str | None = None
    """A property that those of the kind must have."""
    here: bool = False
    """It speaks of where the speaker is."""
    label: str = "other"

    def program(self, target: Selector | None) -> Program:
        return Program((self.meaning(target),))


def quotes(file: Path, *, held_out: bool = False) -> list[Quote]:
    """Sentences whose meaning their labels tell. Raises: OSError."""
    data = json.loads(gzip.decompress(file.read_bytes()))["rasa_nlu_data"]["common_examples"]
    return [
        quote
        for one in data
        if (zlib.crc32(one["text"].encode()) % 5 == 0) == held_out
        for quote in _quoted(one["intent"], one["text"], one["entities"])
    ]


_LIGHTS: dict[str, Meaning] = {
    "iot_hue_lighton": lambda x: t.Do("turn on", x), "iot_hue_lightoff": lambda x: t.Do("turn off", x),
    "iot_hue_lightup": lambda x: t.Change("raise", x, "brightness"), "iot_hue_lightdim": lambda x: t.Change("lower", x, "brightness"),
}  # fmt: skip
_SOUND: dict[str, Meaning] = {
    "audio_volume_up": lambda x: t.Change("raise", x, "volume"), "audio_volume_down": lambda x: t.Change("lower", x, "volume"),
    "audio_volume_mute": lambda x: t.Do("mute", x),
}  # fmt: skip
_PROPERTY = {"iot_hue_lightup": "brightness", "iot_hue_lightdim": "brightness"}
_BEYOND = (
    "email_sendemail", "transport_ticket", "transport_taxi", "takeaway_order", "social_post", "calendar_set", "email_addcontact",
    "transport_traffic", "recommendation_locations", "takeaway_query", "email_query", "social_query", "email_querycontact", "play_game",
    "calendar_remove", "recommendation_movies", "recommendation_events", "transport_query", "news_query",
)  # fmt: skip
_TALK = (
    "general_joke", "general_praise", "qa_factoid", "qa_definition", "qa_maths", "qa_currency", "qa_stock", "cooking_recipe",
    "datetime_convert", "music_likeness",
)  # fmt: skip
_NOTHING = ("general_commandstop", "general_dontcare")
_WHOLE_HOUSE = ("house", "home", "apartment", "whole house", "entire house", "flat")
_HERE = ("room", "this room", "my room", "the room")
_COLORS = ("red", "green", "blue", "yellow", "orange", "purple", "pink", "white")
_ADD = re.compile(
    r"\b(?:add|put|include|append|write)(?: the| an?)? (?P<item>.+?) (?:to|on|onto|in|into)\b.* (?:list|groceries)\b"
)
_REMOVE = re.compile(
    r"\b(?:remove|delete|erase|take|drop|scratch|cross)(?: the| an?)? (?P<item>.+?) (?:from|off|off of)\b.* (?:list|groceries)\b"
)
_SAYS_MORE = re.compile(
    r"\b(full|max(imum)?|half|low(est)?|outdoor|outside|side|zero|one|two|three|five|eight|ten|twenty|thirty|fifty|percent|screen|chandelier|\d+)\b"
)
_CONDITION = re.compile(
    r"\b(when|if|until|before|after|every|o'clock|am|pm|at (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b"
)
_ASKED = re.compile(r"(is|are|do|does|did|what|who|how|confirm|check)\b")
_NEW_LIST = re.compile(
    r"\b(new|create|make|start|prepare|begin|open) (?:a |an |the |my |me a |up a )?(?:new |blank )?list\b(?! (of|for|with|from|in|called|named)\b)"
)
_BEGIN = r"(?:(?:please|can you|could you|would you|olly|hey|i want to|i'd like to|i want you to|just|will you)\s+)*"
_DROP = re.compile(_BEGIN + r"(delete|remove|erase|get rid of|trash|throw away|discard|dispose of|drop)\b")
_CLEAR = re.compile(_BEGIN + r"(clear|empty|wipe|reset|clean)\b")
_A_LIST = re.compile(r"\b(?:the|my|this|that|a|out) (?:whole |entire |current )?list(?: please)?$|^\w+ list$")
_NO_ITEM = re.compile(r"\b(items?|this|that|it|things?|entry|something|file|song|event|alarm)\b")


def _quoted(intent: str, words: str, entities: list[dict[str, Any]]) -> Iterator[Quote]:
    slots = {entity["entity"]: entity["value"] for entity in entities}
    simple = len(slots) == len(entities)
    if simple and "{" not in words:
        yield from (_labelled(one, intent) for one in _read(intent, words, slots))


def _labelled(quote: Quote, label: str) -> Quote:
    return replace(quote, label=label)


def _read(intent: str, words: str, slots: dict[str, str]) -> Iterable[Quote]:
    head = intent.partition("_")[0]
    if intent in _LIGHTS and set(slots) <= {"house_place"}:
        return _placed(words, slots.get("house_place"), "light", _LIGHTS[intent], _PROPERTY.get(intent))
    if intent == "iot_hue_lightchange":
        return _colored(words, slots)
    if intent in _SOUND and set(slots) <= {"change_amount"}:
        return _sound(intent, words)
    if head == "iot":
        return _appliance(intent, words, slots)
    if head == "lists":
        return _list(intent, words, slots)
    if head == "alarm":
        return _alarm(intent, words, slots)
    if head in ("play", "music"):
        return _media(intent, words, slots)
    return _other(intent, words, slots)


def _placed(words: str, place: str | None, kind: str, make: Meaning, needs: str | None = None) -> Iterator[Quote]:
    """A sentence about a group: {a} where it named a room."""
    if place is None and _SAYS_MORE.search(words):
        return  # a place, a number or an end that no label tells of
    if place is None or place in _HERE:
        yield Quote(words, on_it(make), kind, needs=needs, here=place in _HERE)
    elif place in _WHOLE_HOUSE:
        yield Quote(words, lambda _: make(Selector(kind, everywhere=True)), kind, needs=needs)
    elif words.count(place) == 1:
        yield Quote(words.replace(place, "{a}"), on_it(make), kind, needs=needs)


def _colored(words: str, slots: dict[str, str]) -> Iterator[Quote]:
    color = slots.get("color_type", "").casefold()
    if color in _COLORS and set(slots) <= {"color_type", "house_place"}:
        yield from _placed(words, slots.get("house_place"), "light", lambda x: t.Set(x, "color", color), "color")
    elif set(slots) <= {"house_place"} and re.search(r"colou?rs?\b", words):
        yield from _placed(words, slots.get("house_place"), "light", lambda x: t.Set(x, "color", t.OPEN), "color")


def _sound(intent: str, words: str) -> Iterator[Quote]:
    said = numbers(words, "%")
    if (
        re.search(r"\b(unmute|turn off|switch off|stop|pause|phone|answer|for)\b", words)
        and intent == "audio_volume_mute"
    ):
        return
    if not said:
        yield Quote(words, on_it(_SOUND[intent]), "media player")
    elif len(said) == 1 and intent != "audio_volume_mute" and 0 <= said[0] <= 100:
        amount = Quantity(said[0], "%")
        direction: t.Direction = "raise" if intent.endswith("up") else "lower"
        if " by " in words:
            yield Quote(words, lambda x: t.Change(direction, _known(x), "volume", amount), "media player")
        elif re.search(r"\b(to|at)\b", words):
            yield Quote(words, lambda x: t.Set(_known(x), "volume", amount), "media player")


def _appliance(intent: str, words: str, slots: dict[str, str]) -> Iterator[Quote]:
    if (intent == "iot_cleaning" and set(slots) <= {"device_type"}) or (
        intent == "iot_cleaning" and set(slots) <= {"device_type", "house_place"}
    ):
        yield Quote(words, lambda x: t.Do("start", _known(x)), "vacuum")
    elif intent == "iot_coffee" and "time" in slots and set(slots) <= {"device_type", "coffee_type", "time", "date"}:
        times, day = clock_times(words), _day(words)
        if (len(times) == 1 or (len(times) == 2 and times[1] - times[0] == NOON)) and day is not None and not day[1]:
            minute = _usual(times)
            yield Quote(words, lambda x: t.Scheduled(minute, t.Do("turn on", _known(x)), day[0]), device=("appliance", "Coffee Machine"))  # fmt: skip
    elif intent == "iot_coffee" and set(slots) <= {"device_type", "coffee_type"}:
        yield Quote(words, lambda x: t.Do("turn on", _known(x)), device=("appliance", "Coffee Machine"))
    elif intent in ("iot_wemo_on", "iot_wemo_off") and set(slots) == {"device_type"}:
        verb = "turn on" if intent == "iot_wemo_on" else "turn off"
        yield Quote(words, lambda x: t.Do(verb, _known(x)), device=("appliance", slots["device_type"].title()))


def _list(intent: str, words: str, slots: dict[str, str]) -> Iterator[Quote]:
    name = slots.get("list_name") if set(slots) <= {"list_name"} else None
    device = ("list", name.removesuffix(" list").title()) if name else None
    if intent == "lists_query":
        if name is not None:
            yield Quote(words, lambda x: t.AskList(_known(x)), device=device)
        elif not slots and re.search(r"\blists\b", words):
            yield Quote(words, lambda _: t.Count(Selector("list")), device=("list", "To Do"))
        elif not slots and re.search(r"\blist\b", words):
            yield Quote(words, lambda x: t.AskList(_known(x)), "list")
        return
    if re.search(r"\b(calendar|file|song|playlist|event|meeting|alarm)\b", words):
        return
    whole = _whole_list(intent, words, name)
    if whole is not None:
        yield whole
        return
    verb: t.ListVerb = "add" if intent == "lists_createoradd" else "remove"
    match = (_ADD if verb == "add" else _REMOVE).search(words)
    item = match["item"] if match else None
    if item is not None and not _NO_ITEM.search(item) and set(slots) <= {"list_name"}:
        if device is not None:
            yield Quote(words, lambda x: t.EditList(verb, str(item), _known(x)), device=device)
        elif verb == "add":
            yield Quote(words, lambda x: t.EditList("add", str(item), _known(x)), "list")
    elif re.search(r"\bitems?\b|\bthis\b|\bthat\b", words):
        if device is not None:
            yield Quote(words, lambda x: t.EditList(verb, t.OPEN, _known(x)), device=device)
        elif not slots:
            yield Quote(words, lambda x: t.EditList(verb, t.OPEN, _known(x)), "list")


def _whole_list(intent: str, words: str, name: str | None) -> Quote | None:
    """Of a list itself: a new one, away with it, everything off it; None where a sentence speaks of something on it."""
    told = name.removesuffix(" list") if name else None
    if intent == "lists_createoradd":
        if told is None:
            return _plain(words, t.NewList()) if _NEW_LIST.search(words) else None
        begun = re.search(rf"\b(?:create|make|start|prepare|new|begin|set up)\b.*\b{re.escape(told)}\b", words)
        known = re.search(r"\b(add|put|item|to|on|in|include|update)\b", words)
        return _plain(words, t.NewList(told)) if begun and not known else None
    if re.search(r"\b(item|items|entry|from|off|on|last|event|alarm)\b", words):
        return None
    sort = t.DropList if _DROP.match(words) else t.ClearList if _CLEAR.match(words) else None
    if sort is None:
        return None
    if told is not None and words.rstrip().endswith((told, "list", "please")):
        return Quote(words, lambda x: sort(_known(x)), device=("list", told.title()))
    return Quote(words, lambda x: sort(_known(x)), "list") if told is None and _A_LIST.search(words) else None


def _alarm(intent: str, words: str, slots: dict[str, str]) -> Iterator[Quote]:
    times, spans = clock_times(words), durations(words)
    if intent == "alarm_query":
        yield _plain(words, t.AskAlarms())
    elif intent == "alarm_remove":
        if re.search(r"\b(change|edit|modify|reset|reschedule|move|snooze)\b", words):
            return
        if len(times) in (1, 2) and "time" in slots:
            yield _plain(words, t.CancelAlarm(_usual(times)))
        elif re.search(r"\b(all|any|every|alarms)\b", words):
            yield _plain(words, t.CancelAllAlarms())
        elif not times:
            yield _plain(words, t.CancelAlarm())
    elif spans and not times:
        yield _plain(words, t.StartTimer(spans[0]))
    elif not times and set(slots) <= {"date"} and (day := _day(words)) is not None and not day[1]:
        yield _plain(words, t.SetAlarm(t.OPEN, day[0]))
    elif "time" in slots and len(times) in (1, 2) and (len(times) == 1 or times[1] - times[0] == NOON):
        day = _day(words)
        if day is not None:
            yield _plain(words, t.SetAlarm(_usual(times), *day))


def _usual(times: tuple[int, ...]) -> int:
    """Of both halves of the day, the one in which people set alarms."""
    return times[0] if len(times) == 1 or 4 * 60 <= times[0] < 12 * 60 else times[1]


def _day(words: str) -> tuple[str | None, bool] | None:
    """The day that a sentence names, and whether it is meant every time; None where it is some other day."""
    words = words.casefold()
    if re.search(r"\b(day after|except|but|besides|from now|later|in (?:a|an|two|three|four|five|\d+))\b", words):
        return None
    repeats = re.search(r"\b(every|each|daily|weekdays|weekends)\b", words) is not None
    named = [one for one in ALARM_DAYS if re.search(rf"\b{one}s?\b", words)]
    if repeats:
        if "weekday" in words or "week day" in words:
            return "weekday", True
        if "weekend" in words:
            return "weekend", True
        return (named[0], True) if len(named) == 1 else ("day", True) if not named else None
    if re.search(r"\b(week|month|next|(?:january|february|march|april|may|june|july|august)\b)", words):
        return None
    return (named[0] if named else None, False) if len(named) <= 1 else None


def _media(intent: str, words: str, slots: dict[str, str]) -> Iterator[Quote]:
    speaker = ("speaker", "Speaker")
    asked = re.search(r"\b(song|playing|track|called|name|title)\b", words) and not re.search(r"\b(who|artist|album|year|genre|when|date|band|movie|long)\b", words)  # fmt: skip
    if intent == "music_query" and not slots and asked:
        yield Quote(words, lambda x: t.AskState(_known(x), "title"), "media player")
    elif intent == "play_music" and set(slots) == {"song_name"}:
        media = "track" if re.search(r"\b(song|track)\b", words) else None
        yield Quote(words, lambda _: t.Play(slots["song_name"], media), device=speaker)
    elif intent == "play_music" and set(slots) == {"artist_name"}:
        media = "artist" if re.search(r"\b(by|songs?|music|artist|of)\b", words) else None
        yield Quote(words, lambda _: t.Play(slots["artist_name"], media), device=speaker)
    elif intent == "play_music" and set(slots) == {"playlist_name"}:
        yield Quote(words, lambda _: t.Play(slots["playlist_name"], "playlist"), device=speaker)
    elif intent == "play_radio" and set(slots) == {"radio_name"}:
        media = "channel" if re.search(r"\b(channel|station|radio|tune)\b", words) else None
        yield Quote(words, lambda _: t.Play(slots["radio_name"], media), device=speaker)
    elif intent == "play_podcasts" and set(slots) == {"podcast_name"}:
        media = "podcast" if "podcast" in words else None
        yield Quote(words, lambda _: t.Play(slots["podcast_name"], media), device=speaker)
    else:
        yield from _other(intent, words, slots)


def _other(intent: str, words: str, slots: dict[str, str]) -> Iterator[Quote]:
    asked: t.ClockPart = "time" if "time" in words else "date"
    if intent == "weather_query" and set(slots) <= {"weather_descriptor"} and not re.search(r"\b(tomorrow|week\w*|tonight|\w+day|later|next)\b", words):  # fmt: skip
        aspect = "temperature" if re.search(r"\b(hot|cold|warm|temperature|degrees)\b", words) else None
        yield Quote(words, lambda _: t.AskWeather(aspect=aspect), device=("weather", "Weather"))
    elif intent == "calendar_query" and (not slots or slots in ({"date": "today"}, {"date": "tomorrow"})):
        yield Quote(words, lambda _: t.AskCalendar(day=slots.get("date")), device=("calendar", "Calendar"))
    elif intent == "datetime_query" and not slots and (asked == "time") != any(one in words for one in ("date", "day")):
        yield _plain(words, t.AskClock(asked))
    elif intent in _BEYOND:
        yield _plain(words, t.Refuse("impossible"))
    elif intent in _TALK:
        yield _plain(words, t.Say())
    elif intent in _NOTHING:
        yield _plain(words, t.Nothing())


def _plain(words: str, statement: Statement) -> Quote:
    return Quote(words, lambda _: statement)


def on_it(make: Meaning) -> Callable[[Selector | None], Statement]:
    """A meaning that needs a target."""
    return lambda target: make(_known(target))


def _known(target: Selector | None) -> Selector:
    assert target is not None
    return target


_WEIGHTS = {"beyond": 3.0, "talk": 3.0, "iot": 11.0, "audio": 4.0, "lists": 5.0, "alarm": 5.0, "play": 3.0}


def drawn(known: tuple[Quote, ...], random_: random.Random) -> Quote:
    """One; each label of a sort about as likely as another, what concerns a home most often."""
    groups = _groups(known)
    sorts = sorted({_sort(one) for one in groups})
    sort = random_.choices(sorts, [_WEIGHTS.get(one, 1.0) for one in sorts])[0]
    return random_.choice(groups[random_.choice([one for one in sorted(groups) if _sort(one) == sort])])


def _sort(label: str) -> str:
    return "beyond" if label in _BEYOND else "talk" if label in _TALK else label.partition("_")[0]


@cache
def _groups(known: tuple[Quote, ...]) -> dict[str, list[Quote]]:
    groups: dict[str, list[Quote]] = {}
    for one in known:
        groups.setdefault(one.label, []).append(one)
    return groups
