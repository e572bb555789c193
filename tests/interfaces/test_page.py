"""The page in a real browser: `apt-get install chromium chromium-driver`; skipped where there is none."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from llmagentos.interfaces.web.server import page
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

PLAN = (
    'plan "guests": task "warm" takes 2 h { set climate "Thermostat" temperature 22 C }, task "air" takes 20 min { open blind "Blind" }, '
    'task "light" after "warm", "air" { turn on light "Bedroom Lamp" }'
)
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1300,900", "--lang=en"):
        options.add_argument(one)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def use(browser: webdriver.Chrome, address: str) -> None:
    """What a person does: look, talk, say yes, stop everything."""
    wait = WebDriverWait(browser, 15)

    def text(selector: str) -> str:
        return " | ".join(one.text for one in browser.find_elements(By.CSS_SELECTOR, selector))

    def say(words: str) -> None:
        browser.find_element(By.CSS_SELECTOR, "form input").send_keys(words)
        browser.find_element(By.CSS_SELECTOR, ".send").click()

    browser.get(address)
    wait.until(lambda _: "Kitchen Light" in text("section"))
    assert "key=" not in browser.current_url
    assert "Kitchen lit" in text(".alarms summary")
    say("turn on the kitchen light")
    wait.until(lambda _: "Kitchen Light" in text(".entity.active .name"))
    wait.until(lambda _: "Kitchen Light on." in text(".trace.done .told"))
    wait.until(lambda _: "unacknowledged" in text(".alarms .state") and "Switch it off" in text(".alarms .advice"))
    browser.find_element(By.CSS_SELECTOR, ".alarms .yes").click()
    wait.until(lambda _: "unacknowledged" not in text(".alarms .state"))
    browser.find_elements(By.CSS_SELECTOR, ".alarms .acts button")[0].click()
    wait.until(lambda _: "shelved" in text(".alarms .state"))
    say("open the front door")
    wait.until(lambda _: "needs your yes" in text(".trace.question .told"))
    browser.find_element(By.CSS_SELECTOR, ".consent .yes").click()
    wait.until(lambda _: "Front Door unlocked." in text(".trace.done .told"))
    browser.find_element(By.CSS_SELECTOR, ".trace .why").click()
    wait.until(lambda _: "owner says yes" in text(".chain"))
    say("turn off a light")
    wait.until(lambda _: "turn off Bedroom Lamp" in text(".trace.question .consent"))
    say("egg timer 6 minutes")
    wait.until(lambda _: "5:5" in text(".reminders"))
    say("wake me at 6 am every day")
    wait.until(lambda _: "06:00 every day" in text(".reminders"))
    say("if the bedroom lamp is on for 5 minutes")
    wait.until(lambda _: "Shall I?" in text(".trace.question .told"))
    say("yes")
    wait.until(lambda _: "Bedroom Lamp is on for 5 minutes" in text(".orders"))
    browser.find_element(By.CSS_SELECTOR, ".orders button").click()
    wait.until(lambda _: "paused" in text(".orders"))
    browser.find_elements(By.CSS_SELECTOR, ".orders button")[2].click()
    question = browser.switch_to.alert
    question.send_keys('when light "Bedroom Lamp" is on for 7 min: turn off light "Bedroom Lamp"')
    question.accept()
    wait.until(lambda _: "7 minutes" in text(".orders") and "paused" in text(".orders"))
    browser.find_elements(By.CSS_SELECTOR, ".orders button")[3].click()
    wait.until(lambda _: not browser.find_elements(By.CSS_SELECTOR, ".orders"))
    wait.until(lambda _: "light" in text(".plans .waiting") and "running" in text(".plans .running .state"))
    if shot := os.environ.get("AGENTOS_SCREENSHOT"):
        browser.save_screenshot(shot)
    browser.find_element(By.CSS_SELECTOR, ".plans h3 button").click()
    wait.until(lambda _: "cancelled" in text(".plans"))
    browser.find_element(By.CSS_SELECTOR, ".stop").click()
    wait.until(lambda _: "no command leaves" in text(".banner"))
    say("turn on the kitchen light")
    wait.until(lambda _: "Not done" in text(".trace.refusal .told"))
    severe = [one["message"] for one in browser.get_log("browser") if one["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert severe == []


def test_look_talk_consent_why_stop(tmp_path: Path, browser: webdriver.Chrome) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, _witness), page(node, tmp_path, 0) as address:
            model.sentences = {
                "turn on the kitchen light": 'turn on light "Kitchen Light"',
                "open the front door": 'unlock lock "Front Door"',
                "turn off a light": "turn off light",
                "egg timer 6 minutes": 'start timer 6 min "egg"',
                "wake me at 6 am every day": "set alarm at 06:00 every day",
                "if the bedroom lamp is on for 5 minutes": 'when light "Bedroom Lamp" is on for 5 min: turn on light "Kitchen Light"',
            }
            await node.do('alarm "Kitchen lit" high when light "Kitchen Light" is on: "Switch it off"', Speaker())
            await node.do(PLAN, Speaker("owner", None, "test"))
            await asyncio.to_thread(use, browser, address)

    asyncio.run(run())
