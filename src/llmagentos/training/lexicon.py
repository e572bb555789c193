"""`python -m llmagentos.training.lexicon`: the words for things and places that training speaks of, for `agent/unexplained.py`.

What also occurs in the patterns around them ("set", "room", "on") is no sign of a thing and is left out.
"""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from llmagentos.training.others import words
from llmagentos.training.speech import LANGUAGES, speech

TARGET = Path(str(resources.files("llmagentos.agent") / "things.json"))
_WORD = re.compile(r"[a-z]+")
TIME = {"minute", "hour", "second", "day", "wake", "alarm", "timer", "time", "morning", "night", "evening"}
"""They name devices too, and are said of timers and alarms."""


def things(language: str) -> list[str]:
    """English words in the singular; Chinese names whole and their common parts."""
    data = speech(language).data
    named = [*data["areas"], *(alias for aliases in data["areas"].values() for alias in aliases), *data["floors"]]
    named += [re.sub(r"\{\w\}", "", one) for names in data["devices"].values() for one in names]
    named += [noun for forms in data["nouns"].values() for nouns in forms.values() for noun in nouns]
    named += data["absent"]
    if language == "zh":
        return sorted({one.strip() for one in named if 2 <= len(one.strip()) <= 6})
    around = {word for pattern in _patterns(data) for word in _WORD.findall(pattern.lower())}
    words = {singular(word) for one in named for word in _WORD.findall(one.lower()) if len(word) > 2}
    return sorted(words - around - {singular(one) for one in around} - TIME)


def singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _patterns(data: dict[str, Any]) -> list[str]:
    """What is said around things: the most general acts and questions, not those about one kind of thing."""
    general = [
        patterns
        for section in ("acts", "questions")
        for key, patterns in data[section].items()
        if " " not in key or key in ("turn on", "turn off")
    ]
    return [one for patterns in (*general, *data["refer"].values(), *data["polite"].values()) for one in patterns]


def known(language: str) -> list[str]:
    """Every word that is said in training, noise apart; of Chinese every character."""
    data = speech(language).data
    said = " ".join(str(words) for key, words in data.items() if key != "fragments")
    if language == "zh":
        return sorted(set(re.findall(r"[\u3400-\u9fff]", said)))
    return sorted({word for word in re.findall(r"[a-z]+", said.lower()) if len(word) > 1})


def kinds(language: str) -> dict[str, list[str]]:
    """What a kind is called."""
    called: dict[str, set[str]] = {}
    for key, forms in speech(language).data["nouns"].items():
        kind = next((one for one in ("climate", "media player") if key.startswith(one)), key)
        called.setdefault(kind, set()).update(one.lower() for said in forms.values() for one in said)
    return {kind: sorted(words) for kind, words in called.items()}


def of_others() -> dict[str, Any]:
    """Of the languages that are not spoken in full, together."""
    said = str(words()["said"]).lower()
    return {
        "things": [],
        "kinds": words()["nouns"],
        "known": sorted({word for word in re.findall(r"[^\W\d_]+", said) if len(word) > 2}),
    }


if __name__ == "__main__":
    lexicon = {one: {"things": things(one), "kinds": kinds(one), "known": known(one)} for one in LANGUAGES}
    lexicon["others"] = of_others()
    TARGET.write_text(json.dumps(lexicon, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
