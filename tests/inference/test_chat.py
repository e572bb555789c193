from collections.abc import Sequence

from llmagentos.inference.chat import Chat

TALK = (("system", ("role",)), ("user", ("a", "b")), ("assistant", ("Command:", " x")))
OPEN = (("user", ("c",)), ("assistant", ("Command:",)))
OPENS, CLOSES = 1_000_001, 1_000_002


class Pieces:
    """Every piece of text is one token, so that the test sees how texts are cut."""

    def __init__(self, controls: dict[str, int]) -> None:
        self._controls, self._pieces = controls, [""]

    def control(self, name: str) -> int | None:
        return self._controls.get(name)

    def encode(self, text: str) -> tuple[int, ...]:
        self._pieces.append(text)
        return (len(self._pieces) - 1,)

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(self.shown(tokens))

    def shown(self, tokens: Sequence[int]) -> list[str]:
        marks = {OPENS: "<", CLOSES: ">"}
        return [marks.get(one) or self._pieces[one] for one in tokens]


def marked() -> Pieces:
    return Pieces({"<|im_start|>": OPENS, "<|im_end|>": CLOSES})


def test_messages_keep_their_segments_and_end_with_the_last() -> None:
    pieces = marked()
    assert pieces.shown(Chat(pieces).whole(TALK)) == [
        "<", "system\nrole", ">", "\n", "<", "user\na", "b", ">", "\n", "<", "assistant\nCommand:", " x", ">", "\n",
    ]  # fmt: skip
    plain = Pieces({})
    assert plain.shown(Chat(plain).whole(TALK)) == ["role\n", "a", "b\n", "Command:", " x\n"]


def test_the_last_message_stays_open() -> None:
    pieces, plain = marked(), Pieces({"<|im_start|>": OPENS})
    assert pieces.shown(Chat(pieces).opened(OPEN)) == ["<", "user\nc", ">", "\n", "<", "assistant\nCommand:"]
    assert plain.shown(Chat(plain).opened(OPEN)) == ["c\n", "Command:"]


def test_what_ends_a_message_is_a_control_token_or_a_line_end() -> None:
    pieces, plain = marked(), Pieces({})
    assert pieces.shown(Chat(pieces).last("x")) == ["x", ">"]
    assert plain.shown(Chat(plain).last("x")) == ["x\n"]
    assert Chat(pieces).stops == {CLOSES}
    assert Chat(plain).decode(plain.encode("x\n")) == "x"
