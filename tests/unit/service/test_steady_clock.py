"""A clock that follows the machine's but none of its jumps, and hears what time it is at X."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from roost.service.steady_clock import Dated, SteadyClock
from roost.xapi.transport import Request, Response

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = timedelta(days=2)


class Machine:
    def __init__(self) -> None:
        self.wall = NOON
        self.seconds = 7.0

    def passes(self, seconds: float, *, runs: float = 1.0) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds * runs)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SteadyClock:
    return SteadyClock(lambda: machine.wall, monotonic=lambda: machine.seconds)


@pytest.mark.parametrize("jump", [DAYS, -DAYS, timedelta(seconds=5)])
def test_a_jump_is_not_followed_however_much_time_passes(machine, clock, jump):
    machine.wall += jump
    machine.passes(3_600)
    assert clock.now() == NOON + timedelta(hours=1)
    machine.passes(86_400)
    assert clock.now() == NOON + timedelta(hours=25)


def test_what_sets_the_machine_right_slowly_is_followed(machine, clock):
    for _ in range(100):
        machine.passes(3_600, runs=1.0005)
        assert clock.now() == machine.wall


def test_a_step_of_less_than_a_second_is_followed(machine, clock):
    machine.wall -= timedelta(seconds=0.9)
    assert clock.now() == machine.wall


def test_a_machine_that_was_set_right_is_followed_once_x_agrees(machine, clock):
    told = []
    clock.on_move(lambda: told.append(clock.now()))
    machine.wall += DAYS
    assert clock.now() == NOON
    clock.hear(machine.wall + timedelta(seconds=1))
    assert clock.now() == machine.wall == NOON + DAYS
    assert told == [NOON + DAYS]


def test_x_agreeing_with_the_clock_leaves_it(machine, clock):
    machine.wall += DAYS
    clock.hear(NOON + timedelta(seconds=29))
    clock.hear(NOON + timedelta(seconds=29))
    assert clock.now() == NOON


def test_a_clock_that_was_wrong_from_the_start_is_put_right_when_x_has_said_so_twice(
    machine, clock
):
    clock.hear(NOON - DAYS)
    assert clock.now() == NOON
    machine.passes(10)
    clock.hear(NOON - DAYS + timedelta(seconds=10))
    machine.passes(60)
    assert clock.now() == NOON - DAYS + timedelta(seconds=70)


def test_one_answer_with_an_odd_date_changes_nothing(machine, clock):
    clock.hear(NOON - DAYS)
    clock.hear(NOON)
    clock.hear(NOON - DAYS)
    clock.hear(NOON + DAYS)
    assert clock.now() == NOON


def test_a_date_of_another_age_is_never_believed(machine, clock):
    far = datetime(9999, 12, 31, 23, tzinfo=UTC)
    clock.hear(far)
    clock.hear(far)
    assert clock.now() == NOON


class Answering:
    def __init__(self, *answers: Response) -> None:
        self.answers = [*answers]

    async def send(self, request, *, answer_within):
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("status", "date", "off"),
    [
        (200, format_datetime(NOON + DAYS, usegmt=True), DAYS),
        (429, format_datetime(NOON + DAYS, usegmt=True), DAYS),
        (502, format_datetime(NOON + DAYS, usegmt=True), timedelta(0)),
        (200, "Fri, 31 Dec 9999 23:59:59 -1200", timedelta(0)),
        (200, "tomorrow", timedelta(0)),
    ],
)
async def test_the_date_of_answers_of_x_is_heard(clock, status, date, off):
    answer = Response(status, {"date": date}, b"")
    dated = Dated(Answering(answer, answer), clock)
    for _ in range(2):
        assert await dated.send(Request("GET", "https://x.example/"), answer_within=DAYS) is answer
    assert clock.now() == NOON + off
