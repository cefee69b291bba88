"""The list of erasures outside the database: what is on it was on disk before anybody was answered."""

import asyncio
import fcntl
import os
import resource
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.ids import VolunteerId, without_time
from backend.rights.erasure_list import (
    ADDED_WITHIN_S,
    THREADS,
    ErasureList,
    Line,
    Unreadable,
    What,
    append,
    last_word,
    lines_of,
    written,
)

NOON = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
ANNA, BEN = VolunteerId(without_time()), VolunteerId(without_time())
times = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
some_lines = st.lists(st.builds(Line, times, st.sampled_from(What), st.sampled_from([ANNA, BEN])), max_size=8)


@given(some_lines)
def test_what_is_written_is_read_back(lines: list[Line]) -> None:
    assert list(lines_of("host", "".join(written(line) for line in lines))) == lines


@given(some_lines, st.integers(0, 500))
def test_a_file_cut_off_anywhere_loses_its_last_line_and_no_other(lines: list[Line], cut: int) -> None:
    text = "".join(written(line) for line in lines)
    whole = text[: max(0, len(text) - cut)]
    read = list(lines_of("host", whole))
    assert read == lines[: len(read)]
    assert len(read) >= whole.count("\n"), "every line that was ended"


@given(some_lines)
def test_whoever_was_erased_stays_erased_and_of_the_rest_the_latest_counts(lines: list[Line]) -> None:
    holds = last_word(lines)
    for person in (ANNA, BEN):
        own = sorted(line for line in lines if line.volunteer_id == person)
        if any(line.what is What.ERASED for line in own):
            assert holds[person].what is What.ERASED
        elif own:
            assert holds[person] == own[-1]
        else:
            assert person not in holds


async def test_many_processes_of_several_hosts_add_and_nothing_is_lost(tmp_path: Path) -> None:
    """As many at a time as there are threads for it: more are refused, so that a disk that hangs takes no others."""
    hosts = [ErasureList(tmp_path, name, added_within_s=30) for name in ("a", "b", "a")]
    people = [VolunteerId(without_time()) for _ in range(60)]
    room = asyncio.Semaphore(THREADS // 2)

    async def added(number: int, who: VolunteerId) -> None:
        async with room:
            await hosts[number % 3].add(Line(NOON + timedelta(seconds=number), What.ERASED, who))

    await asyncio.gather(*(added(number, who) for number, who in enumerate(people)))
    assert [line.volunteer_id for line in await ErasureList(tmp_path).read()] == people
    assert sorted(files_in(tmp_path)) == ["a.erasures", "b.erasures"]


async def test_what_a_crash_tore_apart_hides_nothing_that_comes_after(tmp_path: Path) -> None:
    listing = ErasureList(tmp_path, "a")
    await listing.add(Line(NOON, What.ERASED, ANNA))
    tear(tmp_path / "a.erasures", Line(NOON, What.ERASED, BEN))
    await listing.add(Line(NOON, What.WITHDREW, BEN))
    assert await listing.read() == [Line(NOON, What.ERASED, ANNA), Line(NOON, What.WITHDREW, BEN)]


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def tear(file: Path, line: Line) -> None:
    file.write_text(file.read_text() + written(line)[:50])


async def test_a_line_that_is_none_of_ours_is_told_by_file_and_number_and_hides_no_other(tmp_path: Path) -> None:
    anna, ben = Line(NOON, What.ERASED, ANNA), Line(NOON + timedelta(1), What.ERASED, BEN)
    (tmp_path / "a.erasures").write_text(written(anna) + "erase everybody\n" + written(ben))
    with pytest.raises(Unreadable, match=r"a\.erasures, line 2") as wrong:
        await ErasureList(tmp_path).read()
    assert wrong.value.legible == [anna, ben]


async def test_bytes_of_a_broken_disk_hide_no_other_line(tmp_path: Path) -> None:
    anna = Line(NOON, What.ERASED, ANNA)
    (tmp_path / "a.erasures").write_bytes(b"\x00\xff\xfe\n" + written(anna).encode())
    with pytest.raises(Unreadable) as wrong:
        await ErasureList(tmp_path).read()
    assert wrong.value.legible == [anna]


async def test_a_folder_that_is_not_there_is_no_empty_list(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        await ErasureList(tmp_path / "not mounted").read()


def test_a_line_of_which_a_full_disk_took_a_part_is_not_added(tmp_path: Path) -> None:
    """It takes what it has room for and says so by a number alone: whoever asked must not be told it was listed."""
    file = tmp_path / "a.erasures"
    append(file, Line(NOON, What.ERASED, ANNA), threading.Event())
    before, (soft, hard) = file.read_text(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 30, hard))
    try:
        with pytest.raises(OSError, match="No space"):
            append(file, Line(NOON, What.ERASED, BEN), threading.Event())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_text() == before


async def test_a_disk_that_does_not_answer_is_no_list_and_holds_up_nothing_else(tmp_path: Path) -> None:
    """A named pipe that nobody writes to: opening it waits for ever. Whoever sends alarms goes on meanwhile."""
    os.mkfifo(tmp_path / "a.erasures")
    reading = asyncio.create_task(ErasureList(tmp_path, read_within_s=1).read())
    await asyncio.sleep(0.05)
    assert not reading.done()
    with pytest.raises(Unreadable, match="does not answer"):
        await reading


async def test_a_disk_that_hangs_holds_nobody_up_and_adds_nothing_later(tmp_path: Path) -> None:
    """Another process holds the file and does not let go. Whoever waited was told that it could not be listed."""
    listing, file = ErasureList(tmp_path, "a"), tmp_path / "a.erasures"
    await listing.add(Line(NOON, What.ERASED, ANNA))
    before = file.read_text()
    with file.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        began = monotonic()
        with pytest.raises(OSError):  # noqa: PT011 – TimeoutError is one
            await listing.add(Line(NOON, What.ERASED, BEN))
        assert monotonic() - began < ADDED_WITHIN_S + 1
        fcntl.flock(held, fcntl.LOCK_UN)
    await listing.add(Line(NOON, What.WITHDREW, BEN))  # takes the same turns
    assert file.read_text() == before + written(Line(NOON, What.WITHDREW, BEN))


@given(some_lines)
def test_nothing_stands_in_it_but_times_words_and_ids(lines: list[Line]) -> None:
    for line in "".join(written(line) for line in lines).splitlines():
        assert len(line.split()) == 3
