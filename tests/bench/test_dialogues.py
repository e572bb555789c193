from llmagentos.agent.dialogue import Dialogue
from llmagentos.app.ports import NoModel
from llmagentos.bench.dialogues import conversations, right
from llmagentos.bench.impossible import house
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.messages.snapshot import Speaker


def test_every_meaning_is_one_of_the_house() -> None:
    home, dialogue = house(), Dialogue(NoModel("test"), Retriever(), select, local_zone())
    held = conversations()
    assert len(held) >= 60
    for one in held:
        speaker = Speaker("owner", one.area, "test")
        for _, means in one.turns:
            for sentence in means:
                turn = dialogue.understand(sentence, home, speaker)
                nothing = sentence.startswith(("clarify", "refuse")) or "timer" in sentence  # none runs in a snapshot
                assert nothing or turn.kind not in ("question", "refusal"), sentence
                assert right(turn, means, dialogue, home, speaker)
