"""The time of day where this machine stands, which is that of its site."""

import datetime as dt


def local_zone() -> dt.tzinfo:
    """The time zone of this machine. An instant's offset is asked of the system anew: zones change while a node runs."""
    return _LocalTime()


class _LocalTime(dt.tzinfo):
    """The machine's own rules, summer time included, asked anew for every instant."""

    def fromutc(self, when: dt.datetime) -> dt.datetime:
        local = when.replace(tzinfo=dt.UTC).astimezone().replace(tzinfo=None)
        return local.replace(tzinfo=self)

    def utcoffset(self, when: dt.datetime | None) -> dt.timedelta | None:
        return when.replace(tzinfo=None).astimezone().utcoffset() if when is not None else None

    def dst(self, when: dt.datetime | None) -> dt.timedelta | None:
        return None

    def tzname(self, when: dt.datetime | None) -> str:
        return "local"
