"""Whether words can only ask: then nothing that moves a device is among the sentences that they may mean.

Cautious on purpose: what may also be a wish in the form of a question ("is it me or is it dark in here", "could you ...") is left open.
"""

import re

_BEFORE = (
    r"^(?:(?:hey|ok|okay|so|and|um+|uh+|well|hello|hi|please|tell me|say|also|but|now|i wonder|i'?d like to know|do you know|"
    r"(?:can|could|would|will) you (?:please )?(?:tell me|check|say|see)|check|any idea|wonder)\b[\s,]*)*"
)
_ASKED = re.compile(
    r"\b(?:(?:check|wonder|do you know|can you see)\s+(?:if|whether)|tell me whether)\b|" + _BEFORE + r"(?:how\s+(?:far|bright|loud|many|much|warm|hot|cold|cool|humid|fast|high|low|open|long|full|strong|old|late)\b"
    r"|(?:what|which|who|where|whose)(?:['’]?s)?\b(?!\s+(?:about|if|else\?|do you (?:say|think)|would it take|i (?:want|need)))"
    r"|since when\b|when(?:['’]s|\s+(?:is|are|was|did|does|will|do))\b"
    r"|(?:is|are|was|were)\s+(?!it\b|this\b|that\b|you\b|we\b|there\s+(?:a|any)\s+(?:way|chance|possibility)|(?:anyone|somebody|someone) able)"
    r"|(?:has|did|does)\s+"
    r"|(?:have|do)\s+(?:i|we|they|you know|you see|any|anybody|anyone)\b(?!\s+(?:have|need|want) to))",
    re.IGNORECASE,
)  # fmt: skip
_WISHED = re.compile(
    r"\b(?:(?:can|could|would|will|should) (?:you|we|i)\b(?!\s+(?:please\s+)?(?:tell|check|say|see)\b)|please (?!tell|check|say)\w|if so|if not|otherwise|then|able to|possible)"
    r"|(?:[.;,!?]|\band)\s*(?:then\s+|please\s+|just\s+)?(?:turn|switch|put|set|dim|make|start|stop|open|close|shut|lock|unlock|raise|lower|play|pause|add|remove|activate|mute|bring|let|send)\b",
    re.IGNORECASE,
)  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_ASKED = re.compile(
    r"(?:吗|没有?|了没|呢|么)[?？。!！\s]*$|多少|几(?:个|盏|度|点|扇|台|把|人)|哪|谁|什么|怎么样|是不是|有没有|是否|多(?:亮|暗|响|大声|热|冷|快|高)[?？]?$"
)
_HAN_WISHED = re.compile(
    r"能|可以|可否|帮|请|把|将|给|让|好吗|行吗|好不好|行不行|麻烦|吧|太|好(?:黑|暗|热|冷|吵)|有点|怎么这么|想|要|别|调|设|如果|要是|时|一旦|每|当|就|都行|随便|放|播|换|来"
)


_SUPPOSED = re.compile(
    r"^\W*(?:and |so |but |ok |okay )?(?:what (?:if|happens if|happens when|would happen if|would be if|else would happen if)|what(?:['’]s| is) going to happen if|suppose|supposing|would anything happen if|does anything happen if)\b"
    r"|(?:会怎么样|会怎样|会发生什么|会有什么(?:影响|后果))[?？。\s]*$",
    re.IGNORECASE,
)  # fmt: skip


_SUGGESTED = re.compile(
    r"\bplease\b|\bwhat if you\b|[?,;.]\s*(?:then |just |so )?(?:turn|switch|put|set|dim|make|start|stop|open|close|shut|lock|unlock|raise|lower|play|pause|mute|activate)\b|请|帮我",
    re.IGNORECASE,
)  # fmt: skip


def supposes(words: str) -> bool:
    """Whether words ask what would come of an act, and do not want it. A second clause that wants something, a please or a "what if you" is a wish."""
    return _SUPPOSED.search(words) is not None and _SUGGESTED.search(words) is None


def only_asks(words: str) -> bool:
    """Whether this is a question and no wish."""
    if _HAN.search(words):
        return _HAN_ASKED.search(words) is not None and _HAN_WISHED.search(words) is None
    return _ASKED.search(words) is not None and _WISHED.search(words) is None
