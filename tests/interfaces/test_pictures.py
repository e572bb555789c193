"""A picture is shown to the page in a real browser: chosen, and dropped."""

import asyncio
from pathlib import Path

import numpy as np
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from llmagentos.interfaces.web.server import page
from tests.flows.house import house
from tests.flows.test_chain import Eyes, Judging
from tests.interfaces.test_voice import browser_of

DROP = """
const [bytes, name] = arguments;
const file = new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, { type: "image/png" });
const data = new DataTransfer();
data.items.add(file);
document.querySelector(".talk").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
"""


def show(browser: webdriver.Chrome, address: str, file: Path) -> None:
    import base64

    wait = WebDriverWait(browser, 20)
    browser.get(address)
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".entity"))
    browser.find_element(By.CSS_SELECTOR, ".show input").send_keys(str(file))
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".seen"))
    seen = browser.find_element(By.CSS_SELECTOR, ".seen").text
    assert 'sees 2 people and shows the text "KEEP OUT"' in seen
    assert "alarm 95%" in seen
    wait.until(
        lambda _: "ALARM" in " ".join(one.text for one in browser.find_elements(By.CSS_SELECTOR, ".trace .told"))
    )
    browser.execute_script(DROP, base64.b64encode(file.read_bytes()).decode(), "dropped.png")
    wait.until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, ".seen")) == 2)
    browser.execute_script(DROP, base64.b64encode(b"no picture").decode(), "broken.png")
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".trouble"))
    assert "cannot be read" in browser.find_element(By.CSS_SELECTOR, ".trouble").text
    browser.save_screenshot(str(file.with_name("page.png")))


def test_pictures_are_chosen_and_dropped(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2400, 3200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "yard.png")  # twenty megabytes: the page makes it smaller

    async def run() -> None:
        model = Judging()
        model.alarming = ("people",)
        async with house(tmp_path, decider=model) as (node, _, _witness):
            node.senses.seer = Eyes("person", "person", text="KEEP OUT")
            async with page(node, tmp_path, 0) as address:
                await asyncio.to_thread(show, browser, address, tmp_path / "yard.png")

    browser = browser_of(tmp_path / "none.wav")
    try:
        asyncio.run(run())
    finally:
        browser.quit()
