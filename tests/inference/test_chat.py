from llmagentos.inference.chat import CHATML, PLAIN, ChatFormat, chat_format

TALK = (("system", ("role",)), ("user", ("a", "b")), ("assistant", ("Command:", " x")))
OPEN = (("user", ("c",)), ("assistant", ("Command:",)))


def pieces(text: str) -> tuple[int, ...]:
    """Every segment is one token, so that the test sees how they are cut."""
    SEEN.append(text)
    return (len(SEEN),)


SEEN: list[str] = []


def cut(chosen: ChatFormat, *, opened: bool) -> list[str]:
    SEEN.clear()
    if opened:
        chosen.encode_open(OPEN, pieces)
    else:
        chosen.encode(TALK, pieces)
    return [one for one in SEEN if one]


def test_messages_keep_their_segments_and_end_with_the_last() -> None:
    assert cut(CHATML, opened=False) == [
        "<|im_start|>system\nrole<|im_end|>", "\n", "<|im_start|>user\na", "b<|im_end|>", "\n",
        "<|im_start|>assistant\nCommand:", " x<|im_end|>", "\n",
    ]  # fmt: skip
    assert cut(PLAIN, opened=False) == ["role\n", "a", "b\n", "Command:", " x\n"]


def test_the_last_message_stays_open() -> None:
    assert cut(CHATML, opened=True) == ["<|im_start|>user\nc<|im_end|>", "\n", "<|im_start|>assistant\nCommand:"]
    assert cut(PLAIN, opened=True) == ["c\n", "Command:"]


def test_the_vocabulary_tells_the_format() -> None:
    assert chat_format(lambda token: token.startswith("<|im_")) is CHATML
    assert chat_format(lambda _token: False) is PLAIN
