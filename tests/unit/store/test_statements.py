"""Every statement: its plan in SQLite, and that PostgreSQL's dialect can say it too."""

from __future__ import annotations

import re
import sqlite3

import pytest
from sqlalchemy import select

from roost.store import (
    budget_rows,
    change_rows,
    composing_rows,
    conservation,
    conversation_statements,
    counts,
    customer_statements,
    desk_statements,
    dialog_rows,
    event_rows,
    gap_statements,
    health_rows,
    inbox,
    message_rows,
    outbox_statements,
    people_rows,
    registry,
    remark_rows,
    set_aside_rows,
    statements,
    tables,
    timer_rows,
)
from roost.store.described import metadata
from roost.store.merging import AT_ONCE, Merged
from roost.store.postgresql import numbering
from roost.store.statements import Bulk, Command

MODULES = (
    budget_rows,
    change_rows,
    composing_rows,
    conservation,
    conversation_statements,
    counts,
    customer_statements,
    desk_statements,
    dialog_rows,
    event_rows,
    gap_statements,
    health_rows,
    inbox,
    message_rows,
    outbox_statements,
    people_rows,
    registry,
    remark_rows,
    set_aside_rows,
    timer_rows,
)
STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Command | Bulk)
}
STATEMENTS |= {
    f"{module.__name__.rpartition('.')[2]}.{name}.{accounts}": value.query(accounts, 51)
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Merged)
    for accounts in (1, 3, AT_ONCE)
}
FOR_PEOPLE = {
    "budget_rows.END_LEASES",
    "budget_rows.HOLD_ALL",
    "change_rows.BEAT",
    "change_rows.POSITION",
    "conservation.BALANCES",
    "counts.EVENTS",
    "counts.OUTBOX",
    "event_rows.QUARANTINED",
    "gap_statements.OPEN_GAPS",
    "gap_statements.PUT_RIGHT",
    "health_rows.ACCOUNTS_OF",
    "health_rows.APPS_TO_CHECK",
    "registry.ACCOUNTS",
    "people_rows.ADMINS",
    "people_rows.END_LINKS",
    "people_rows.END_LINKS_OUTSIDE",
    "people_rows.EVERYBODY",
    "people_rows.MEMBERS",
    "registry.HEALTH",
    "registry.PATHS",
}
"""Not on the way of any message; these may look at every row."""

PARTIAL_INDEXES = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}


class Nulls(dict):
    def __missing__(self, name):
        return None


def plan_of(path, statement):
    parameters = [None] * len(statement.names) if isinstance(statement, Bulk) else Nulls()
    connection = sqlite3.connect(path)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", parameters).fetchall()
    connection.close()
    return [detail for *_, detail in rows]


def looks_at_everything(step):
    if "VIRTUAL TABLE" in step:
        return False  # a parameter's own list
    if step in {"SCAN counted", "SCAN CONSTANT ROW"}:
        return False  # rows found by an index, up to a limit; a row of such counts
    scan = re.match(r"SCAN \w+(?: USING (?:COVERING )?INDEX (\w+))?", step)
    return "TEMP B-TREE" in step or (scan is not None and scan[1] not in PARTIAL_INDEXES)


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - FOR_PEOPLE))
def test_no_statement_on_the_way_of_a_message_looks_at_everything(path, name):
    plan = plan_of(path, STATEMENTS[name])

    assert not [step for step in plan if looks_at_everything(step)], plan


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM events WHERE reason = 'x'", True),
        ("SELECT * FROM events WHERE state = 'new' ORDER BY payload", True),
        ("SELECT account_id FROM messages ORDER BY text", True),
        ("SELECT * FROM events WHERE state = 'new' ORDER BY received_at", False),
    ],
)
def test_a_plan_that_looks_at_everything_is_noticed(path, sql, expected):
    connection = sqlite3.connect(path)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    connection.close()

    assert any(looks_at_everything(detail) for *_, detail in rows) is expected


def test_what_is_ready_is_found_in_order_and_not_through_the_accounts(path):
    plan = plan_of(path, conversation_statements.READY)

    assert plan[0].startswith("SEARCH conversations USING INDEX conversations_ready")


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_postgresql_can_say_every_statement(name):
    text = numbering.number(STATEMENTS[name].core)

    assert [f"${n + 1}" in text.sql for n in range(len(text.names))] == [True] * len(text.names)
    assert f"${len(text.names) + 1}" not in text.sql
    assert not re.search(r"[?]|:[a-z]", text.sql.replace("::", ""))


def test_a_constant_among_the_parameters_is_refused():
    with pytest.raises(ValueError, match="LIMIT"):
        numbering.number(select(tables.apps.c.app_key).limit(7))


def test_a_statement_is_compiled_once():
    assert numbering.numbered(registry.ACCOUNT) is numbering.numbered(registry.ACCOUNT)


@pytest.mark.parametrize("name", ["PUT_EVENT", "PUT_DELIVERY"])
def test_parameters_by_position_are_named_in_the_order_of_the_text(name):
    bulk = getattr(inbox, name)
    columns = re.search(r"\(([^)]*)\) VALUES \(([^)]*)\)", bulk.sql)

    named = [
        column
        for column, value in zip(columns[1].split(", "), columns[2].split(", "), strict=True)
        if value == "?"
    ]

    assert named == list(bulk.names)


def test_a_constant_that_would_need_escaping_is_refused():
    with pytest.raises(ValueError, match="it's"):
        statements.fixed("it's")
