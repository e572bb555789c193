"""Speaking: a sentence as sound, by a program of the system (espeak-ng speaks many languages, flite better English)."""

import shutil
import subprocess

from llmagentos.perception.extras import MissingSense
from llmagentos.perception.speech.sound import Samples, read_wave

LONGEST, SECONDS = 600, 20.0
"""Characters of one sentence, and how long the program may take."""


def spoken(text: str, language: str = "en", voice: str | None = None) -> Samples:
    """The sentence as sound. `voice`: one of the program's own (flite: slt, rms, awb, kal16; espeak-ng: en-gb, zh). Raises: MissingSense."""
    text = " ".join(text.split())[:LONGEST]
    flite, espeak = shutil.which("flite"), shutil.which("espeak-ng")
    if flite and language == "en" and voice in (None, "slt", "rms", "awb", "kal16"):
        command = [flite, "-voice", voice or "slt", "-t", text, "-o", "/dev/stdout"]
    elif espeak:
        command = [espeak, "-v", voice or ("cmn" if language == "zh" else language), "--stdout", "--", text]
    else:
        raise MissingSense("nothing here can speak: apt-get install espeak-ng (or flite, for English)")
    try:
        run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise MissingSense(f"{command[0]} did not come to an end") from error
    if run.returncode != 0:
        raise MissingSense(f"{command[0]} could not speak: {run.stderr.decode(errors='replace').strip()}")
    return read_wave(run.stdout)
