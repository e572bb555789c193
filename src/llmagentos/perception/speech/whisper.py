"""What was said, by Whisper on CTranslate2: several readings with what each is worth, so that who decides may take another than the first.

Commands are short, so the encoder is given ten seconds instead of thirty: a third of the time, and what is said there is heard as well. What it then says
twice over (the decoder begins anew where sound ends) is cut. Names of the site go before, as text that was said already: they are favoured.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llmagentos.perception.extras import missing
from llmagentos.perception.speech.features import STEP, log_mel
from llmagentos.perception.speech.sound import LONGEST_S, RATE, Samples

FRAMES = (1000, 1500, 2000, 3000)
"""Lengths that the encoder is given, in hundredths of a second; the first that holds the sound and half a second more."""
MARGIN_S = 0.5
BEAM, READINGS = 5, 4
PROMPT_TOKENS = 100
"""Of names before the words; each costs a little time."""
TOKENS_A_SECOND, LEAST_TOKENS = 8, 16
"""Nobody speaks faster; more is the decoder running on."""
_TWICE = re.compile(r"^(.{6,}?)[.!?,。！？，\s]*\s*\1[.!?。！？\s]*$", re.IGNORECASE | re.DOTALL)
_SPACE = re.compile(r"[\s.,!?;:。，！？；：、]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was said; `log_probability` a token, in nats."""

    text: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """Likeliest first, none twice; `language` it was taken for; `silence`: the chance that nobody spoke."""

    readings: tuple[Reading, ...]
    language: str
    silence: float


class Whisper:
    """One model on `threads` threads. Not for two callers at once. Raises: MissingSense where the library is not installed."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        try:
            import ctranslate2
            import tokenizers
        except ImportError as error:
            raise missing("CTranslate2", "speech") from error
        self._array: Any = ctranslate2.StorageView.from_array
        self._model: Any = ctranslate2.models.Whisper(str(folder), compute_type="int8", intra_threads=threads)
        self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._of_text = self._token("<|endoftext|>")

    @property
    def many_languages(self) -> bool:
        """Whether it knows others than English."""
        return bool(self._model.is_multilingual)

    def hear(self, samples: Samples, languages: Sequence[str] = ("en",), names: Sequence[str] = ()) -> Hearing:
        """What was said within the first half minute, in one of these languages; names that may have been said, likeliest last."""
        samples = samples[: int(LONGEST_S * RATE)]
        seconds = len(samples) / RATE
        wanted = (seconds + MARGIN_S) * RATE / STEP
        frames = next((one for one in FRAMES if one >= wanted), FRAMES[-1])
        encoded = self._model.encode(self._array(np.ascontiguousarray(log_mel(samples, frames)[None])))
        language = self._language(encoded, languages)
        [found] = self._model.generate(
            encoded, [self._prompt(language, names)], beam_size=BEAM, num_hypotheses=READINGS, return_scores=True,
            return_no_speech_prob=True, max_length=self._longest(seconds, names), suppress_blank=True,
        )  # fmt: skip
        texts = [
            self._tokenizer.decode([one for one in tokens if one < self._of_text]) for tokens in found.sequences_ids
        ]
        return Hearing(distinct(zip(texts, found.scores, strict=True)), language, float(found.no_speech_prob))

    def _language(self, encoded: Any, languages: Sequence[str]) -> str:
        if not self.many_languages:
            return "en"
        if len(languages) == 1:
            return languages[0]
        [chances] = self._model.detect_language(encoded)
        return max(languages, key=lambda one: dict(chances).get(f"<|{one}|>", 0.0))

    def _prompt(self, language: str, names: Sequence[str]) -> list[int]:
        before = self._names(language, names)
        kind = [self._token(f"<|{language}|>"), self._token("<|transcribe|>")] if self.many_languages else []
        return [*before, self._token("<|startoftranscript|>"), *kind, self._token("<|notimestamps|>")]

    def _names(self, language: str, names: Sequence[str]) -> list[int]:
        if not names:
            return []
        text = "、".join(names) + "。" if language == "zh" else " " + ", ".join(names) + "."
        tokens = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [self._token("<|startofprev|>"), *tokens[-PROMPT_TOKENS:]]

    def _longest(self, seconds: float, names: Sequence[str]) -> int:
        return int(LEAST_TOKENS + TOKENS_A_SECOND * seconds) + (PROMPT_TOKENS if names else 0)

    def _token(self, text: str) -> int:
        return int(self._tokenizer.token_to_id(text))


def distinct(found: "zip[tuple[str, float]] | Sequence[tuple[str, float]]") -> tuple[Reading, ...]:
    """Without what differs in capitals and points alone; of what was said twice over, once."""
    known: dict[str, Reading] = {}
    for text, score in found:
        once = _TWICE.sub(r"\1", text.strip())
        bare = _SPACE.sub(" ", once.casefold()).strip()
        if bare and bare not in known:
            known[bare] = Reading(once, score)
    return tuple(known.values())
