"""The page's microphone in a real browser with a sound file for a person; what it sends is heard as it was said."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from llmagentos.interfaces.web.server import page
from llmagentos.messages.snapshot import Snapshot
from llmagentos.perception.speech.sound import RATE, Samples, write_wave
from tests.flows.house import house
from tests.interfaces.test_page import CHROMIUM, DRIVER


class Fake:
    """Keeps the sound, and hears what the test wants heard."""

    def __init__(self) -> None:
        self.sound: list[Samples] = []

    async def hear(self, samples: Samples, snapshot: Snapshot) -> tuple[str, ...]:
        self.sound.append(samples)
        return ("turn on the kitsch in light", "turn on the kitchen light")


def person(file: Path) -> None:
    """A second of quiet, a second of a voice, and quiet again."""
    quiet, times = np.zeros(3 * RATE, np.float32), np.arange(RATE) / RATE
    voice = (0.4 * np.sin(2 * np.pi * 220 * times) * (1 + np.sin(2 * np.pi * 4 * times)) / 2).astype(np.float32)
    file.write_bytes(write_wave(np.concatenate((quiet[:RATE], voice, quiet))))


def browser_of(file: Path) -> webdriver.Chrome:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    fake = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}",
    )
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en", *fake):
        options.add_argument(one)
    return webdriver.Chrome(options=options, service=Service(DRIVER))


def speak(browser: webdriver.Chrome, address: str) -> None:
    wait = WebDriverWait(browser, 20)
    browser.get(address)
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".entity"))
    browser.find_element(By.CSS_SELECTOR, ".speak").click()
    wait.until(lambda _: "Listening" in browser.find_element(By.CSS_SELECTOR, ".speak").text)
    wait.until(
        lambda _: (
            "Kitchen Light on." in " ".join(one.text for one in browser.find_elements(By.CSS_SELECTOR, ".trace .told"))
        )
    )
    assert "Speak" in browser.find_element(By.CSS_SELECTOR, ".speak").text
    said = browser.find_elements(By.CSS_SELECTOR, ".trace .said")[0].text
    assert said == "turn on the kitchen light"  # the reading that means something here
    assert not browser.find_elements(By.CSS_SELECTOR, ".trouble")


def test_a_sentence_is_spoken_to_the_page(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, _witness):
            model.sentences |= {
                "turn on the kitsch in light": "refuse impossible",
                "turn on the kitchen light": 'turn on light "Kitchen Light"',
            }
            fake = Fake()
            node.senses.listener = fake
            async with page(node, tmp_path, 0) as address:
                await asyncio.to_thread(speak, browser, address)
            [sound] = fake.sound
            assert 1.5 < len(sound) / RATE < 5
            assert 0.05 < float(np.abs(sound).max()) < 1
            assert float(np.abs(sound[-RATE // 4 :]).mean()) < 0.02  # it ended because nobody spoke any more

    person(tmp_path / "person.wav")
    browser = browser_of(tmp_path / "person.wav")
    try:
        asyncio.run(run())
    finally:
        browser.quit()
