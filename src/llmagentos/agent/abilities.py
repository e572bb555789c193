"""What an entity can do and be, in words of the site language: read off its description, class by class."""

from llmagentos.language.vocabulary import BINARY_WORDS, EFFECTS, PRIMARY, SETTABLE, Effect
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.snapshot import EntityView
from llmagentos.messages.values import Json


def effect_of(verb: str, entity: EntityView) -> Effect | None:
    """What a verb sets on this entity; None if it cannot."""
    for effect in EFFECTS[verb].get(entity.entity_class, ()):
        prop = entity.property(effect.property)
        if prop is None or not prop.writable:
            continue
        if prop.kind != "enum" or not prop.options or effect.value in prop.options:
            return effect
    return None


def settable(entity: EntityView) -> tuple[Property, ...]:
    """The properties `set` takes on this entity."""
    return tuple(
        one for one in entity.description.properties if one.writable and one.kind != "action" and one.name in SETTABLE
    )


def able(entity: EntityView, ability: str) -> bool:
    """Whether it can be set so (a property), or do that (a verb)."""
    if ability in EFFECTS:
        return effect_of(ability, entity) is not None
    return any(one.name == ability for one in settable(entity))


def all_of(entity: EntityView) -> tuple[str, ...]:
    """All that it can do, then all that can be set on it."""
    return (*(verb for verb in EFFECTS if effect_of(verb, entity)), *(one.name for one in settable(entity)))


def state_words(entity: EntityView) -> tuple[str, ...]:
    """The words its state can be called: those a question may ask for."""
    primary = PRIMARY.get(entity.entity_class)
    prop = entity.property(primary) if primary else None
    if prop is None:
        return ()
    if entity.entity_class == "binary sensor":
        return BINARY_WORDS.get(entity.description.kind, ("on", "off"))
    if prop.kind == "bool":
        return ("on", "off")
    if entity.entity_class == "person":
        return ("home", "away")
    words = prop.options if prop.kind == "enum" else ()
    extra = ("on", "off") if entity.entity_class in ("climate", "media player") else ()
    return tuple(dict.fromkeys((*words[:12], *extra)))


def is_share(entity: EntityView) -> bool:
    """Whether what is told of it over a time is how much of that it was on, open, detected; of the weather it is how warm it was."""
    return bool(state_words(entity)) and entity.entity_class != "weather"


def active_word(entity: EntityView) -> str:
    """What it is called when it is so: on, open, detected."""
    words = state_words(entity)
    return next(
        (one for one in ("on", "open", "unlocked", "playing", "cleaning") if one in words), next(iter(words), "on")
    )


def state_word(entity: EntityView) -> str | None:
    """What its state is called now, None if it is not known."""
    primary = PRIMARY.get(entity.entity_class)
    value = entity.value(primary) if primary else None
    if entity.entity_class == "media player" and value is None:
        value = entity.value("on")
    return word_of(entity.description, value)


def word_of(description: EntityDescription, value: Json) -> str | None:
    """What a value of its primary property is called."""
    if isinstance(value, bool):
        binary = description.entity_class == "binary sensor"
        on, off = BINARY_WORDS.get(description.kind, ("on", "off")) if binary else ("on", "off")
        return on if value else off
    return value if isinstance(value, str) else None


def in_state(entity: EntityView, word: str) -> bool | None:
    """Whether an entity is in the state called so; None if that is not known."""
    now = state_word(entity)
    return None if now is None else is_called(entity.entity_class, now, word)


def is_called(entity_class: str, now: str, word: str) -> bool:
    """Whether the state `now` is one of those that `word` names."""
    if word in ("on", "off") and entity_class in ("climate", "media player") and now not in ("on", "off"):
        return (now not in ("off", "idle", "stopped", "standby")) == (word == "on")
    if entity_class == "person" and word in ("home", "away"):
        return (now.casefold() == "home") == (word == "home")
    return now.casefold() == word.casefold()
