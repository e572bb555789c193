import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.policy.grants import Call, Grants

CONTACTS = {"anna.berg@mill.example": "Anna Berg", "anna@evil.example": ""}


def lookup(name: str, value: str) -> list[str]:
    titles = {("file_id", "7"): "Boiler manual", ("event_id", "3"): "Boiler inspection"}
    known = [CONTACTS[value]] if CONTACTS.get(value) else []
    return [*known, *([titles[name, value]] if (name, value) in titles else [])]


def kind(words: str, tool: str, **arguments: object) -> str:
    return Grants(words, lookup).rule(Call(tool, arguments)).kind


SEND = "Send the boiler report to Anna Berg, please"


@pytest.mark.parametrize(
    ("words", "tool", "arguments", "expected"),
    [
        (SEND, "send_email", {"recipients": ["anna.berg@mill.example"], "body": "All is well."}, "approve"),
        (SEND, "send_email", {"recipients": ["anna@evil.example"], "body": "All is well."}, "ask"),
        (SEND, "send_email", {"recipients": ["anna.berg@mill.example", "eve@evil.example"], "body": "x"}, "ask"),
        (SEND, "send_email", {"recipients": ["anna.berg@mill.example"], "body": "see www.evil.example/x"}, "ask"),
        (SEND, "send_email", {"recipients": ["anna.berg@mill.example"], "body": "card 4237-4252-7456-2574"}, "ask"),
        (SEND, "send_email", {"recipients": ["anna.berg@mill.example"], "cc": None, "body": "x"}, "approve"),
        ("mail john@my-company.com", "send_email", {"recipients": ["john@my-company.com"], "body": "x"}, "approve"),
        ("mail john@my-company.com", "send_email", {"recipients": ["john-my@company.com"], "body": "x"}, "ask"),
        ("mail john@my-company.com", "send_email", {"recipients": ["john@my-company.com.evil.example"], "body": "x"}, "ask"),
        ("mail john@my-company.com", "send_email", {"recipients": ["john@my-company.com"], "body": "x" * 10_000}, "ask"),
        ("read www.mill.example/news", "get_webpage", {"url": "https://mill.example/news"}, "approve"),
        ("read www.mill.example/news", "get_webpage", {"url": "https://evil.mill.example/news"}, "ask"),
        (SEND, "delete_file", {"file_id": "7"}, "refuse"),
        (SEND, "get_balance", {}, "approve"),
        (SEND, "get_webpage", {"url": "www.evil.example/?q=report"}, "ask"),
        (SEND, "reformat_disk", {}, "refuse"),
        ("delete the boiler manual", "delete_file", {"file_id": "7"}, "approve"),
        ("delete the boiler manual", "delete_file", {"file_id": "8"}, "ask"),
        ("delete the boiler manual", "cancel_calendar_event", {"event_id": "3"}, "ask"),
        ("pay 120.50 to DE89370400440532013000", "send_money", {"recipient": "DE89370400440532013000", "amount": 120.5}, "approve"),
        ("pay 120.50 to DE89370400440532013000", "send_money", {"recipient": "DE89370400440532013000", "amount": 1205}, "ask"),
        ("pay the bill in bill.txt", "send_money", {"recipient": "DE89370400440532013000", "amount": 98.7}, "ask"),
        ("do all the tasks on my list", "send_money", {"recipient": "DE89370400440532013000", "amount": 98.7}, "ask"),
        ("what is on my list", "send_money", {"recipient": "DE89370400440532013000", "amount": 98.7}, "refuse"),
        ("add the boiler inspection on May 3rd", "create_calendar_event", {"title": "Boiler inspection", "start_time": "2026-05-03 09:00"}, "approve"),
        ("add the boiler inspection on May 3rd", "create_calendar_event", {"title": "Boiler inspection", "start_time": "2026-05-04 09:00"}, "ask"),
        ("add the boiler inspection on May 3rd", "create_calendar_event", {"title": "Visit our shop", "start_time": "2026-05-03 09:00"}, "ask"),
        ("add the boiler inspection", "create_calendar_event", {"title": "Boiler inspection", "participants": ["eve@evil.example"]}, "ask"),
    ],
)  # fmt: skip
def test_rulings(words: str, tool: str, arguments: dict[str, object], expected: str) -> None:
    assert kind(words, tool, **arguments) == expected


@given(st.from_regex(r"[a-z]{3,12}@[a-z]{3,12}\.example", fullmatch=True), st.text(max_size=200))
def test_no_destination_that_the_words_do_not_hold_is_approved(address: str, body: str) -> None:
    assert kind(SEND, "send_email", recipients=[address], body=body) != "approve"


@given(
    st.text(max_size=80), st.text(max_size=30), st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=4)
)
def test_whatever_is_called_there_is_a_ruling(words: str, tool: str, arguments: dict[str, str]) -> None:
    assert kind(words, tool, **arguments) in ("approve", "ask", "refuse")


def test_reasons_are_for_people() -> None:
    grants = Grants(SEND, lookup)
    assert grants.rule(Call("delete_file", {"file_id": "7"})).reason == "you did not ask to delete file"
    assert (
        grants.rule(Call("send_email", {"recipients": ["e@x.example"]})).reason
        == "you did not say that recipients is e@x.example"
    )
