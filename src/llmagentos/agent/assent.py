"""A bare yes or no to our own question. Anything that says more goes to the model."""

import re

_YES = frozenset(
    ["yes", "yeah", "yep", "yup", "sure", "ok", "okay", "right", "correct", "exactly", "yes please", "yes do it", "do it", "please do", "go ahead", "yes that", "that one", "是", "是的", "对", "对的", "嗯", "好", "好的", "没错", "可以", "行", "就是这个"]
)  # fmt: skip
_NO = frozenset(
    [
        "no",
        "nope",
        "no thanks",
        "neither",
        "none",
        "never mind",
        "cancel",
        "不",
        "不是",
        "不用",
        "不要",
        "算了",
        "都不是",
        "不对",
        "取消",
    ]
)
_MARKS = re.compile(r"[\W_]+", re.UNICODE)


def assent(words: str) -> bool | None:
    """Yes, no, or neither."""
    bare = _MARKS.sub(" ", words.casefold()).strip()
    return True if bare in _YES else False if bare in _NO else None
