"""From sources to a corpus: what is kept, what is left out and why, and what of a person does not stay in it."""

import asyncio
import gzip
import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import Utterance
from llmagentos.training.data import documents
from llmagentos.training.data import prepare as preparing
from llmagentos.training.data.cleaning import Cleaner, Rules, language_of, normalised, segmented
from llmagentos.training.data.documents import Document, UnknownSource, collected
from llmagentos.training.data.duplicates import Duplicates
from llmagentos.training.data.personal import masked
from llmagentos.training.data.prepare import prepare

ENGLISH = "The pump in the cellar has been running since this morning and nobody knows why it does not stop."
CHINESE = "地下室的水泵从今天早上开始一直在运行，没有人知道它为什么不停下来。"


@pytest.mark.parametrize(
    ("text", "language", "kinds"),
    [
        ("write to jane.doe+box@example.co.uk today", "en", ["email"]),
        ("call (212) 555-0123 before ten", "en", ["phone"]),
        ("打13800138000给我", "zh", ["phone"]),
        ("my card is 4111 1111 1111 1111", "en", ["card"]),
        ("pay to DE89 3704 0044 0532 0130 00", "en", ["account"]),
        ("the broker is at 192.168.1.5 and fe80::1", "en", ["address", "address"]),
        ("the sensor 00:15:8d:00:01:ab:cd:ef is 00:15:8d:00:01:ab", "en", ["device address"] * 2),
        ("mqtt password: hunter2", "en", ["secret"]),
        ("身份证号码11010519491231002X", "zh", ["citizen number"]),
        ("My name is Ada Lovelace and he is Dr. Watson", "en", ["name", "name"]),
        ("王小明住在北京", "zh", ["name"]),
        ("see http://192.168.1.5:8123 or 10.0.0.7.", "en", ["address", "address"]),
        ("地址是192.168.1.5，密码：hunter2", "zh", ["address", "secret"]),
        ('{"password": "hunter 2"} MQTT_PASSWORD=abc access_token=xyz', "en", ["secret"] * 3),
        ("4111 1111 1111 1111 12/27", "en", ["card"]),
        ("我的卡号4111111111111111", "zh", ["card"]),
        ("请发邮件到me@example.com谢谢你们", "zh", ["email"]),
    ],
)
def test_personal_data_is_replaced_by_what_it_is(text: str, language: str, kinds: list[str]) -> None:
    clean, found = masked(text, language)
    for kind in kinds:
        assert f"<{kind}>" in clean
    assert {one: found[one] for one in set(kinds)} == {one: kinds.count(one) for one in set(kinds)}


@pytest.mark.parametrize(
    "text",
    ("This is Living Room Light", "I am Home Assistant", "sensor 2125550123", "password:\nKitchen light", "set it to 21.5 degrees at 10:30", "the freezer is at -18 and 4111 1111 1111 1112 is no card", "This is Kitchen", "version 1.2.3", "VAV-046 feeds ZN-046"),
)  # fmt: skip
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert masked(text, "en") == (text, {})


def test_chinese_around_it_stays() -> None:
    assert masked("请发邮件到me@example.com谢谢你们", "zh")[0] == "请发邮件到<email>谢谢你们"
    assert masked("打开安静模式，谢谢", "zh")[0] == "打开安静模式，谢谢"


@given(st.text(), st.sampled_from(("en", "zh")))
def test_masking_takes_any_text(text: str, language: str) -> None:
    masked(text, language)
    assert normalised(normalised(text)) == normalised(text)


def test_texts_are_brought_to_one_form() -> None:
    assert normalised("cafe\u0301\r\n\r\n\r\n\r\n  a\u200bb \t c ") == "café\n\nab c"


def test_words_and_languages_are_told() -> None:
    assert segmented("打开厨房的灯。", "zh") == ["打开", "厨房", "的", "灯"]
    assert segmented("Turn it off!", "en") == ["Turn", "it", "off"]
    assert (language_of(ENGLISH), language_of(CHINESE)) == ("en", "zh")


def test_what_is_not_fit_is_counted_by_its_reason() -> None:
    cleaner = Cleaner(Rules(languages=frozenset({"en"}), least_words=3))
    texts = {
        "too short": "on off", "symbols": "a # b # c # d", "no words": "1 2 3 4 5 x", "repeats itself": "one two three\n" * 5,
        "another language": CHINESE, "odd words": "aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccc",
    }  # fmt: skip
    assert all(cleaner.clean(Document(one, "x")) is None for one in texts.values())
    assert cleaner.dropped == dict.fromkeys(texts, 1)
    kept = cleaner.clean(Document(ENGLISH, "x"))
    assert kept is not None and (kept.text, kept.language) == (ENGLISH, "en")


def test_the_same_and_nearly_the_same_are_left_out() -> None:
    duplicates = Duplicates()
    long = " ".join(f"word{one}" for one in range(120))
    assert not duplicates.seen(long)
    assert duplicates.seen(f"  {long.upper()} ")
    assert duplicates.seen(long.replace("word60", "other"))
    assert not duplicates.seen(" ".join(f"word{one}" for one in range(60, 180)))
    assert not duplicates.seen("set the heater to -5") and not duplicates.seen("set the heater to 5")
    assert not duplicates.seen("turn on the light") and not duplicates.seen(
        "turn off the light"
    )  # short ones must be equal
    assert duplicates.dropped == {"the same": 1, "nearly the same": 1}


def test_files_and_the_journal_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST", 30)
    (tmp_path / "a.txt").write_text("first line here\n\nsecond part of it\nthird line\n", encoding="utf-8")
    with gzip.open(tmp_path / "b.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"text": CHINESE, "language": "zh"}) + "\n")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")

    async def said() -> None:
        journal = SqliteJournal(tmp_path / "d.db")
        words = await journal.remember("turn on the light")
        await journal.append(Utterance(id="1", at=1.0, source="test", principal="owner", words=words, session="main"))
        journal.close()

    asyncio.run(said())
    (tmp_path / "Thumbs.db").write_bytes(b"no database")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE states (id)")
    before = (tmp_path / "other.db").read_bytes()
    texts = [(one.source, one.text) for one in collected([tmp_path])]
    assert (tmp_path / "other.db").read_bytes() == before
    with pytest.raises(UnknownSource, match="no journal"):
        list(collected([tmp_path / "other.db"]))
    assert texts[0] == ("a.txt", "first line here\n\n")
    assert ("b.jsonl.gz", CHINESE) in texts and ("d.db", "turn on the light") in texts
    with pytest.raises(UnknownSource, match="cannot be read: give"):
        list(collected([tmp_path / "c.png"]))
    (tmp_path / "e.jsonl").write_text('{"text": "x"}\n{"words": "y"}\n', encoding="utf-8")
    with pytest.raises(UnknownSource, match="line 2"):
        list(collected([tmp_path / "e.jsonl"]))
    (tmp_path / "f.jsonl.gz").write_bytes(gzip.compress(b"x" * 5000)[:-10])
    with pytest.raises(UnknownSource, match="cut off or damaged"):
        list(collected([tmp_path / "f.jsonl.gz"]))
    (tmp_path / "g.txt").write_text("x" * 100, encoding="utf-8")
    assert max(len(one.text) for one in collected([tmp_path / "g.txt"])) <= 30


def test_a_corpus_is_the_same_for_the_same_sources_and_says_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "SHARD", 10)
    source = tmp_path / "source.jsonl"
    texts = [ENGLISH, CHINESE, ENGLISH, "Write to me@example.com about the pump in the cellar, it is loud.", "x"]
    source.write_text("".join(json.dumps({"text": one}, ensure_ascii=False) + "\n" for one in texts), encoding="utf-8")
    reports = [prepare([source], tmp_path / name, Rules(least_words=2), 0.8) for name in ("one", "other")]
    assert reports[0] == reports[1]
    assert reports[0]["documents"] == 3
    assert reports[0]["languages"] == {"en": 2, "zh": 1}
    assert reports[0]["dropped"] == {"too short": 1, "the same": 1}
    assert reports[0]["replaced"] == {"email": 1}
    held = [one.text for one in collected([tmp_path / "one"])]
    assert len(held) == 3 and "<email>" in held[2]
    assert len(list((tmp_path / "one").glob("*.gz"))) == 3  # a shard is full with its first document here
    with pytest.raises(FileExistsError, match="not empty"):
        prepare([source], tmp_path / "one", Rules(), 0.8)
