import asyncio

from llmagentos.app.notices import MISSING, Notices


class Post:
    """A carrier that brings what it is told to bring; `said` are the faults."""

    def __init__(self) -> None:
        self.arrives: dict[str, bool | Exception] = {}
        self.said: list[str] = []

    def __call__(self, address: str, _title: str, _text: str) -> bool:
        outcome = self.arrives[address]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def fault(self, _subject: str, _problem: str, detail: str) -> None:
        self.said.append(detail)


async def _tell(notices: Notices) -> None:
    notices.tell("the freezer is warm")
    await asyncio.gather(*notices.running)


def test_nobody_can_be_reached_once_every_address_fails_and_until_one_does_not() -> None:
    asyncio.run(_addresses_fail())


async def _addresses_fail() -> None:
    post = Post()
    notices = Notices(["mailto://secret@x", "json://phone"], "Home", post.fault, post)
    assert [notices.failing] == [False]
    post.arrives = {"mailto://secret@x": OSError(), "json://phone": True}
    await _tell(notices)
    assert [notices.failing] == [False] and post.said == ["address 1 (mailto): OSError"]
    post.arrives["json://phone"] = False
    await _tell(notices)
    assert [notices.failing] == [True]
    post.arrives["mailto://secret@x"] = True
    await _tell(notices)
    assert [notices.failing] == [False]


def test_a_missing_package_is_said_with_what_to_do() -> None:
    asyncio.run(_package_is_missing())


async def _package_is_missing() -> None:
    post = Post()
    post.arrives = {"json://phone": ModuleNotFoundError()}
    notices = Notices(["json://phone"], "Home", post.fault, post)
    await _tell(notices)
    assert post.said == [MISSING]


def test_without_addresses_nothing_fails() -> None:
    post = Post()
    assert not Notices([], "Home", post.fault, post).failing
