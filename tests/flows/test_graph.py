"""The site graph of a running house: drawn from what devices announce, imported, asked, mended."""

import asyncio
import json
from pathlib import Path
from typing import Any

from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house, restarted
from tests.reasoning.repairs.test_proposals import CLASSES, LINKS

OWNER = Speaker("owner", "Kitchen", "test")
SERVICE = "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }"


async def ask(node: Node, do: str, **fields: Any) -> Any:
    answer = await handle(node, json.dumps({"op": "graph", "do": do, **fields}).encode())
    return answer.get("result", answer.get("error"))


async def holds(node: Node, sparql: str) -> bool:
    return bool((await ask(node, "query", sparql=sparql))["rows"] == (("true",),))


def plant_file(folder: Path) -> Path:
    """The plant, with one link lacking."""
    lines = ["@prefix brick: <https://brickschema.org/schema/Brick#> .", "@prefix : <urn:plant#> ."]
    lines += [f":{thing} a brick:{name} ." for thing, name in CLASSES.items()]
    lines += [f":{head} brick:{way} :{tail} ." for head, way, tail in LINKS if tail != "zone_207"]
    file = folder / "plant.ttl"
    file.write_text("\n".join(lines))
    return file


async def _life_of_a_graph(tmp_path: Path) -> None:
    async with house(tmp_path) as (node, _model, witness):
        await node.graph.draw()
        lamp = 'ASK { ?room rdfs:label "Kitchen" ; brick:isLocationOf ?x . ?x rdfs:label "Kitchen Light" }'
        assert await holds(node, lamp)
        file = plant_file(tmp_path)
        done = await ask(node, "import", path=str(file))
        assert (done["added"], done["removed"]) == (done["triples"], 0)
        assert (await ask(node, "import", path=str(file)))["added"] == 0
        assert set(await ask(node, "sources")) == {"discovery", "plant"}
        assert (await node.do('list "HVAC Zone" fed by "vav_203"', OWNER)).text == "zone_203."
        proved = await ask(node, "prove", question='X upstream "zone_203"')
        assert {one["fact"] for one in proved["proofs"]} == {"vav_203 upstream zone_203", "ahu_2 upstream zone_203"}
        assert "because" in str(proved["proofs"])
        own = "X dark if X is light and X on = no."
        assert (await ask(node, "prove", question="X dark", rules=own))["count"] >= 0
        first = (await ask(node, "repairs"))[0]
        assert (first["change"], first["link"]) == ("add", ("vav_207", "feeds", "zone_207"))
        await ask(node, "accept", number=1)
        fed = "ASK { <urn:plant#zone_207> brick:isFedBy <urn:plant#vav_207> }"
        assert await holds(node, fed)
        for wrong, said in (
            (ask(node, "import", path=str(tmp_path / "none.ttl")), "no file"),
            (ask(node, "import", path=str(file), name="discovery"), "cannot be called"),
            (ask(node, "import", path=str(tmp_path / "site.yaml")), "graphs are read from"),
            (ask(node, "drop", name="discovery"), "no imported source"),
            (ask(node, "query", sparql=SERVICE), "another server"),
            (ask(node, "accept", number=1), "nothing changed"),
            (ask(node, "accept", number=99), "no such proposal"),
            (ask(node, "import", path=str(file), name="楼" * 60), "cannot be called"),
            (ask(node, "prove", question="X"), "ends too early"),
            (ask(node, "prove", question="X a", rules="X a if."), "line 1"),
            (ask(node, "paint"), "cannot 'paint'"),
        ):
            assert said in str(await wrong)
        await node.close()
        async with restarted(tmp_path, witness) as again:
            assert await holds(again, fed)
            assert (await again.do('list fed by "vav_203"', OWNER)).text == "zone_203."
            assert (await ask(again, "drop", name="plant"))["removed"] == done["triples"]
            assert set(await ask(again, "sources")) == {"accepted", "discovery"}


def test_life_of_a_graph(tmp_path: Path) -> None:
    asyncio.run(_life_of_a_graph(tmp_path))
