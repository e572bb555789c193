"""Commands with a voice: a recording, an open microphone."""

import asyncio
import base64
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.console import Console

from llmagentos.app.local_socket import call
from llmagentos.interfaces.terminal import DataOption, answered, fail, folder, out, show_judged, show_reply
from llmagentos.perception.extras import MissingSense

WAKE_WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
AreaOption = Annotated[str | None, typer.Option(help="The room in which it was said.")]
MineOption = Annotated[bool, typer.Option("--mine", help="Nobody but me speaks here: my rights, not those of a guest.")]


def hear(
    file: Path, area: AreaOption = None, mine: MineOption = False,
    overheard: Annotated[bool, typer.Option("--overheard", help="It was said to nobody here: what does the node make of it?")] = False,
    data: DataOption = None,
) -> None:  # fmt: skip
    """Say what a WAV file holds to the running node."""
    try:
        sound = _shrunk(file.read_bytes())
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}") from error
    show_heard(answered(call(folder(data), {**_request(sound, area, mine=mine), "overheard": overheard})))


def _shrunk(data: bytes) -> bytes:
    """Its first half minute as the node hears it: a small message, whatever the recording was. What is no sound is for the node to say."""
    from llmagentos.perception.speech.sound import LONGEST_S, RATE, NoSound, read_wave, write_wave

    try:
        return write_wave(read_wave(data)[: int(LONGEST_S * RATE)])
    except NoSound:
        return data[:1024]


def listen(
    area: AreaOption = None, mine: MineOption = False,
    wake: Annotated[str | None, typer.Option(help=f"Only what follows this counts: {', '.join(WAKE_WORDS)}.")] = None,
    speak: Annotated[bool, typer.Option(help="Answer aloud.")] = False,
    pipe: Annotated[bool, typer.Option("--pipe", help="Sound from standard input (16 kHz, 16 bits, mono) instead of the microphone.")] = False,
    data: DataOption = None,
) -> None:  # fmt: skip
    """Listen to the microphone of this box until Ctrl-C."""
    node = folder(data)
    if wake is not None and wake not in WAKE_WORDS:
        raise typer.BadParameter(f"known wake words: {', '.join(WAKE_WORDS)}")
    try:
        with _sound(pipe=pipe) as source:
            microphone = _Microphone(source, wake)
            for utterance in microphone.utterances():
                try:
                    heard = asyncio.run(call(node, _request(utterance, area, mine=mine)))
                except ValueError as error:  # what cannot be understood does not close the microphone
                    Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
                    continue
                show_heard(heard)
                if speak and heard["reply"]:
                    _say(heard["reply"]["text"])
                    microphone.forget()  # it has heard itself
    except MissingSense as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(2) from error
    except ConnectionError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def show_heard(answer: dict[str, Any]) -> None:
    """What was heard, and the reply."""
    out.print(f"heard: {answer['heard'] or '(nobody)'}", style="dim", markup=False, highlight=False)
    if answer["reply"]:
        show_reply(answer["reply"])
    if answer.get("judged"):
        show_judged(answer["judged"])


def _request(sound: bytes, area: str | None, *, mine: bool) -> dict[str, Any]:
    return {
        "op": "hear",
        "sound": base64.b64encode(sound).decode(),
        "area": area,
        "session": "voice",
        "recognised": mine,
    }


@contextmanager
def _sound(*, pipe: bool) -> Iterator[IO[bytes]]:
    if pipe:
        yield sys.stdin.buffer
        return
    recorder = shutil.which("arecord")
    if recorder is None:
        raise MissingSense("the microphone is read by arecord: apt-get install alsa-utils (or give sound with --pipe)")
    with subprocess.Popen(
        [recorder, "-q", "-f", "S16_LE", "-r", "16000", "-c", "1", "-t", "raw"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.terminate()
        if process.returncode not in (None, 0, -15):
            raise MissingSense("arecord found no microphone")


class _Microphone:
    """Sound that comes from a program. Raises: MissingSense."""

    def __init__(self, source: IO[bytes], wake: str | None) -> None:
        from llmagentos.perception.speech.endpointing import Endpointer, silero  # numpy: no other command waits for it
        from llmagentos.perception.speech.microphone import Microphone, wake_word

        self._source = source
        self._endpointer = Endpointer(silero())
        self._microphone = Microphone(self._endpointer, wake_word(wake) if wake else None)

    def utterances(self) -> Iterator[bytes]:
        """WAV files of what is said, the last also if it is cut off."""
        from llmagentos.perception.speech.endpointing import PIECE
        from llmagentos.perception.speech.sound import from_pcm, write_wave

        while data := self._source.read(2 * PIECE):
            yield from map(write_wave, self._microphone.feed(from_pcm(data)))
        rest = self._endpointer.end() if self._microphone.awake else None
        if rest is not None:
            yield write_wave(rest)

    def forget(self) -> None:
        """What came in while something else was done."""
        descriptor = self._source.fileno()
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        try:
            while os.read(descriptor, 1 << 16):
                pass
        except BlockingIOError:
            pass
        finally:
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
        self._endpointer.end()


def _say(text: str) -> None:
    from llmagentos.perception.speech.sound import write_wave
    from llmagentos.perception.speech.speaking import spoken

    player = shutil.which("aplay")
    if player is None:
        raise MissingSense("answers are spoken with aplay: apt-get install alsa-utils")
    chinese = any("\u4e00" <= one <= "\u9fff" for one in text)
    subprocess.run([player, "-q"], input=write_wave(spoken(text, "zh" if chinese else "en")), check=False)
