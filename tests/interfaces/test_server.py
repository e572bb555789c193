"""The page's server over real HTTP: key, forged requests, the protocol, the stream of deltas."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from llmagentos.interfaces.web.server import COOKIE, page
from tests.flows.house import house

OFF, ON = 'turn off light "Kitchen Light"', 'turn on light "Kitchen Light"'


async def events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_who_has_no_key_gets_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness), page(node, tmp_path, 0) as address:
            base = address.partition("?")[0]
            async with httpx.AsyncClient() as stranger:
                for path in ("", "events", "static/app.mjs", "?key=wrong", "?key=é", "?key="):
                    answer = await stranger.get(base + path)
                    assert answer.status_code == 403
                    assert "agentos" in answer.text
                assert (await stranger.post(base + "api", json={"op": "site"})).status_code == 403
            key = (tmp_path / "page.key").read_text()
            port = base.rstrip("/").rpartition(":")[2]
            async with httpx.AsyncClient(cookies={COOKIE.format(port=port): key}) as owner:
                assert (await owner.post(base + "api", content=json.dumps({"op": "site"}))).status_code == 400
                assert (await owner.get(base, headers={"Host": "evil.example"})).status_code == 400
            assert (tmp_path / "page.key").stat().st_mode & 0o077 == 0

    asyncio.run(run())


def test_the_page_sees_what_it_does(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            house(tmp_path) as (node, _model, _witness),
            page(node, tmp_path, 0) as address,
            httpx.AsyncClient(follow_redirects=True, timeout=10) as browser,
        ):
            base = address.partition("?")[0]
            opened = await browser.get(address)
            assert (opened.status_code, "app.mjs" in opened.text) == (200, True)
            assert "default-src 'none'" in opened.headers["content-security-policy"]
            for name in ("app.mjs", "site.mjs", "words.mjs", "style.css", "vendor/preact.mjs", "vendor/signals.mjs"):
                assert (await browser.get(f"{base}static/{name}")).status_code == 200
            async with browser.stream("GET", f"{base}events") as stream:
                feed = events(stream.aiter_lines())
                site = await anext(feed)
                assert site["entities"]["light.kitchen"]["state"] == "off"
                assert {"label": "turn on", "sentence": ON} in site["entities"]["light.kitchen"]["acts"]
                done = (await browser.post(f"{base}api", json={"op": "do", "sentence": ON})).json()["result"]
                assert done["kind"] == "done"
                seen: dict[str, Any] = {}
                while "traces" not in seen or "light.kitchen" not in seen.get("entities", {}):
                    delta = await anext(feed)
                    seen |= {key: delta[key] for key in ("entities", "traces") if delta.get(key)}
                assert seen["entities"]["light.kitchen"]["active"] is True
                why = (await browser.post(f"{base}api", json={"op": "why", "record": seen["traces"][0]["id"]})).json()
                assert {"Utterance", "Approval", "Sent", "Receipt"} <= {one["kind"] for one in why["result"]}

    asyncio.run(run())


def test_bad_requests_get_a_sentence(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            house(tmp_path) as (node, _model, _witness),
            page(node, tmp_path, 0) as address,
            httpx.AsyncClient(follow_redirects=True) as owner,
        ):
            await owner.get(address)
            api = address.partition("?")[0] + "api"
            requests: tuple[Any, ...] = ({}, {"op": "dance"}, {"op": "say"}, {"op": "do", "sentence": "turn on on"}, [])
            for request in requests:
                answer = await owner.post(api, json=request)
                assert answer.status_code == 200
                assert answer.json()["error"]

    asyncio.run(run())
