import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.clock_times import clock_times, meant


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("set an alarm for 7 am", ["07:00"]),
        ("wake me at half past six", ["06:30", "18:30"]),
        ("alarm at seven thirty pm", ["19:30"]),
        ("quarter to eight tomorrow morning", ["07:45"]),
        ("ten to nine", ["08:50", "20:50"]),
        ("at noon", ["12:00"]),
        ("alarm for twelve forty five am", ["00:45"]),
        ("six forty five in the evening", ["18:45"]),
        ("0700 hrs", ["07:00"]),
        ("at 22:15", ["22:15"]),
        ("wake me up in 20 minutes", []),
        ("set the light to 40%", []),
        ("turn on lamp 2", []),
        ("set alarm for seven forty-five", ["07:45", "19:45"]),
        ("good night, wake me at 6:30", ["06:30", "18:30"]),
        ("wake me at 7 tomorrow, I go to bed late tonight", ["07:00", "19:00"]),
        ("an alarm for 12 tonight", ["00:00"]),
        ("wake me at 2 at night", ["02:00"]),
        ("alarm for 08:00 tonight", ["20:00"]),
        ("wake me between 7 to 8", ["07:00", "19:00", "08:00", "20:00"]),
        ("tomorrow morning at 9", ["09:00"]),
        ("今晚12点", ["00:00"]),
        ("晚上十二点叫我", ["00:00"]),
        ("夜里两点", ["02:00"]),
        ("凌晨12点", ["00:00"]),
        ("差五分七点", ["06:55", "18:55"]),
        ("零点", ["00:00"]),
        ("把灯调亮一点", []),
        ("早上七點半", ["07:30"]),
        ("下午一点", ["13:00"]),
        ("中午12点", ["12:00"]),
        ("早上七点半叫我", ["07:30"]),
        ("设一个下午三点一刻的闹钟", ["15:15"]),
        ("晚上10点", ["22:00"]),
        ("明早6:30", ["06:30"]),
        ("十二点", ["00:00", "12:00"]),
        ("把灯调到百分之三十", []),
        ("between half past five and quarter to eight am", ["05:30", "17:30", "07:45"]),
        ("thursdays, seven o'clock: fan on", ["07:00", "19:00"]),
        ("from ten pm to 6:30, or at noon", ["22:00", "06:30", "18:30", "12:00"]),
        ("每天下午五点半，不对，五点四十", ["17:30", "17:40"]),
        ("at 7 in the evening, no, half past", ["19:00"]),
        ("at 7 pm, sorry, 8", ["19:00"]),
        ("at 7 pm, sorry, at 8", ["19:00", "20:00"]),
        ("At 10 pm turn the heating down and make it warm again at 6:30", ["22:00", "06:30", "18:30"]),
        ("如果晚上十点家里不是空的，六点叫醒我", ["22:00", "06:00", "18:00"]),
        ("between 6:30 and 8 o'clock", ["06:30", "18:30", "08:00", "20:00"]),
        ("from 20:15 to 6:00", ["20:15", "06:00", "18:00"]),
        ("from 7:30 to 9:15 pm", ["07:30", "19:30", "21:15"]),
    ],
)
def test_times_that_sentences_offer(words: str, expected: list[str]) -> None:
    assert [f"{one // 60:02}:{one % 60:02}" for one in clock_times(words)] == expected


@given(st.text(max_size=60) | st.from_regex(r"[0-9 :.apm点半刻早上至 ]{0,30}", fullmatch=True))
def test_any_text_offers_times_of_a_day(words: str) -> None:
    assert all(0 <= one < 24 * 60 for one in clock_times(words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("at half past five, no, twenty to six in the evening", [17 * 60 + 40]),
        ("下午五点半，哦不对，五点四十", [17 * 60 + 40]),
        ("at noon and at midnight", [12 * 60, 0]),
        ("from 9 pm, I'd rather have it dark, until 6 am", [21 * 60, 6 * 60]),
        ("at nine, wait until ten", [21 * 60, 22 * 60]),
    ],
)
def test_what_is_taken_back_is_not_meant(words: str, expected: list[int]) -> None:
    assert [one.minutes[-1] for one in meant(words)] == expected
