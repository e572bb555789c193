"""A bare yes or no to our own question, and a bare "undo". Anything that says more goes to the model."""

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
_UNDO = frozenset(
    ["undo", "undo that", "undo it", "undo this", "undo the last", "take that back", "take it back", "revert", "revert that", "put it back", "change it back", "make it as it was", "please undo that", "please undo", "撤销", "撤销一下", "撤回", "恢复原样", "恢复刚才的", "改回去", "还原", "变回去"]
)  # fmt: skip
_LAST = frozenset(
    ["the last", "the last one", "last one", "the latter", "最后一个", "最后那个", "后者", "后面那个", "后一个"]
)
_NUMBERED = tuple(
    frozenset(form.format(*one) for form in ("{0}", "{1}", "the {1}", "the {1} one", "{1} one", "number {0}", "number {2}", "{2}", "option {0}", "option {2}", "第{3}个", "第{3}", "第{0}个", "{3}", "选{3}", "选{0}"))
    for one in ((1, "first", "one", "一"), (2, "second", "two", "二"), (3, "third", "three", "三"))
)  # fmt: skip
_NUMBERED = (_NUMBERED[0] | {"the former", "前者", "前面那个", "前一个"}, *_NUMBERED[1:])
_MARKS = re.compile(r"[\W_]+", re.UNICODE)


def assent(words: str) -> bool | None:
    """Yes, no, or neither."""
    bare = _MARKS.sub(" ", words.casefold()).strip()
    return True if bare in _YES else False if bare in _NO else None


def chosen(words: str, offered: int) -> int | None:
    """Which of so many that were offered in order, counted from 0; None where words say something else, or one that was not."""
    bare = _MARKS.sub(" ", words.casefold()).strip()
    if bare in _LAST:
        return offered - 1
    number = next((number for number, said in enumerate(_NUMBERED) if bare in said), None)
    return number if number is not None and number < offered else None


def undoes(words: str) -> bool:
    """Whether words ask to take back what was done last, and nothing else."""
    return _MARKS.sub(" ", words.casefold()).strip() in _UNDO
