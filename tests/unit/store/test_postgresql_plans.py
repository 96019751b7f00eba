"""How PostgreSQL finds what the statements ask for, in tables with many rows."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest
from tests.unit.store.test_statements import FOR_PEOPLE, STATEMENTS

from roost.store import inbox
from roost.store.postgresql import deliveries
from roost.store.postgresql.numbering import Numbered, number

SEED = """
INSERT INTO accounts SELECT 'a' || n, 'main', 'demo', 'x-v1', 'v1', 'connected'
  FROM generate_series(1, 2000) n;
INSERT INTO apps SELECT 'p' || n, '1', 'key', '/x/' || n, 'prod' FROM generate_series(1, 2000) n;
INSERT INTO conversations
  SELECT 'a' || n % 50, 'c' || n, 'dm', 'u' || n, '', '', 'bot', '', NULL, 0, 1,
         CASE WHEN n % 100 = 1 THEN n END, CASE WHEN n % 100 = 0 THEN n END, n, n, 0, '',
         CASE WHEN n % 100 = 1 THEN 7 END
  FROM generate_series(1, 20000) n;
INSERT INTO deliveries SELECT 'a' || n % 50, 'd' || n, 'main', 'v1', '', n, 0, ''
  FROM generate_series(1, 20000) n;
INSERT INTO events
  SELECT 'a' || n % 50, 'message_received', 'e' || n, 'dm', 'v1', 'c' || n % 20000, n, 'd' || n, '',
         n, CASE n % 100 WHEN 0 THEN 'new' WHEN 1 THEN 'pending' ELSE 'done' END, '', 0, ''
  FROM generate_series(1, 40000) n;
INSERT INTO messages
  SELECT 'a' || n % 50, 'm' || n, 'c' || n % 20000, n, 'in', '', '', n, '', NULL
  FROM generate_series(1, 40000) n;
INSERT INTO outbox
  SELECT 'a' || n % 50, n, 'c' || n, 'u' || n,
         CASE n % 100 WHEN 0 THEN 'queued' WHEN 1 THEN 'sending' WHEN 2 THEN 'uncertain'
         ELSE 'sent' END, '', 0, CASE WHEN n % 100 = 0 THEN n END, 0, 0, 'x' || n, '', '', n, 7
  FROM generate_series(1, 20000) n;
INSERT INTO dialogs SELECT 'a' || n % 50, 'c' || n, 'd', 'n', 'k', '', 'asking', '', '', 0, n
  FROM generate_series(1, 20000) n;
INSERT INTO points SELECT 'a' || n % 50, 'c' || n, 'd', 0, 'say', '', '', 0
  FROM generate_series(1, 20000) n;
INSERT INTO timers SELECT 'a' || n % 50, 'c' || n, 'reminder', 'k' || n, n, '', ''
  FROM generate_series(1, 20000) n;
INSERT INTO budgets SELECT 'a' || n, 'dm.events.new', 1000, 0, 0, 0, 0, 0
  FROM generate_series(1, 2000) n;
INSERT INTO app_budgets SELECT 'p' || n, 'dm.events.new', 15000, 0, 0, 0
  FROM generate_series(1, 2000) n;
INSERT INTO changes (xid, account_id, kind, conversation_id, ref, at)
  SELECT '3'::xid8, 'a' || n % 50, 'message', 'c' || n, '', n FROM generate_series(1, 40000) n;
INSERT INTO last_seen SELECT 'a' || n, n, n, n FROM generate_series(1, 20000) n;
INSERT INTO gaps
  SELECT 'a' || n % 50, 'g' || n, 'outage', '', CASE n % 100 WHEN 0 THEN 'open' ELSE 'closed' END,
         n, n, n, n, 0, 1, '', NULL, NULL, 0, 0, 0, 0, '', NULL, NULL, NULL
  FROM generate_series(1, 20000) n;
INSERT INTO people SELECT 'p' || n, 'l' || n, 'n' || n, 'agent', '*', '', 'active', n
  FROM generate_series(1, 2000) n;
INSERT INTO sessions SELECT 's' || n, 'p' || n % 2000, n, n, n FROM generate_series(1, 9000) n;
INSERT INTO links SELECT 's' || n, 'p' || n % 2000, 'enter', 1, n FROM generate_series(1, 9000) n;
INSERT INTO requests SELECT 'a' || n % 50, 'p' || n % 2000, 'k' || n, '', '', n
  FROM generate_series(1, 20000) n;
INSERT INTO remarks SELECT 'a' || n % 50, 'r' || n, 'c' || n % 2000, 'note', '', '', n
  FROM generate_series(1, 20000) n;
INSERT INTO voices SELECT 'a' || n % 50, 'p' || n, '1', 'n' FROM generate_series(1, 20000) n;
INSERT INTO drafts SELECT 'a' || n % 50, 'c' || n, 'p' || n, '', n FROM generate_series(1, 20000) n;
INSERT INTO canned_replies SELECT 'a' || n % 50, 'k' || n, 'n' || n, '', n
  FROM generate_series(1, 20000) n;
INSERT INTO tags SELECT 'a' || n % 50, 'c' || n, 't' || n % 100, n
  FROM generate_series(1, 20000) n;
INSERT INTO memories SELECT 'a' || n % 50, 'conversation', 'c' || n, 'n', '', n
  FROM generate_series(1, 20000) n;
INSERT INTO tags_in_use SELECT 'a' || n % 50, 't' || n FROM generate_series(1, 20000) n;
INSERT INTO x_objects SELECT 'a' || n, 'welcome', 'n', 'w' || n, 0, n
  FROM generate_series(1, 20000) n;
UPDATE conversations SET queue_key = last_at;
ANALYZE;
"""

ALL = {
    **{
        name: number(statement.core)
        for name, statement in STATEMENTS.items()
        if name not in FOR_PEOPLE and statement not in {inbox.PUT_EVENT, inbox.PUT_DELIVERY}
    },
    "PUT_EVENTS": deliveries.PUT_EVENTS,
    "PUT_DELIVERIES": deliveries.PUT_DELIVERIES,
}
SMALL = {"feed", "pg_database"}
"""Tables of a row or a few, where looking at all of it is best."""


@pytest.fixture(scope="module")
def seeded(databases, migrated_template):
    dsn = databases.made(template=migrated_template, options="")
    asyncio.run(execute(dsn, SEED))
    return dsn


async def execute(dsn, sql):
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def plan_of(dsn, statement):
    """Give the plan for any parameters, which is the one that prepared statements end up with."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE it AS {statement.sql}")
        arguments = ", ".join(["NULL"] * len(statement.names))
        call = f"EXECUTE it ({arguments})" if statement.names else "EXECUTE it"
        return json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {call}"))
    finally:
        await connection.close()


def scanned_whole(plan):
    """Name the large tables of which a plan looks at every row."""
    found = []
    if isinstance(plan, list):
        for part in plan:
            found += scanned_whole(part)
    elif isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan" and plan["Relation Name"] not in SMALL:
            found.append(plan["Relation Name"])
        for part in plan.values():
            found += scanned_whole(part)
    return found


@pytest.mark.parametrize("name", sorted(ALL))
async def test_no_statement_on_the_way_of_a_message_looks_at_everything(seeded, name):
    plan = await plan_of(seeded, ALL[name])

    assert scanned_whole(plan) == [], json.dumps(plan, indent=1)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM events WHERE reason = 'x'", ["events"]),
        ("UPDATE outbox SET reason = '' WHERE recipient_id = 'u'", ["outbox"]),
        ("SELECT * FROM events WHERE state = 'new' ORDER BY received_at LIMIT 1", []),
    ],
)
async def test_a_plan_that_looks_at_everything_is_noticed(seeded, sql, expected):
    plan = await plan_of(seeded, Numbered(sql, (), is_change=False))

    assert scanned_whole(plan) == expected


async def test_the_feed_is_read_in_its_order_without_sorting(seeded):
    plan = json.dumps(await plan_of(seeded, ALL["change_rows.AFTER"]))

    assert '"changes_order"' in plan
    assert '"Sort"' not in plan


async def test_what_is_pending_is_looked_for_in_each_conversation_by_itself(seeded):
    """A join would be planned by how much was pending when that was last counted: often nothing."""
    plan = json.dumps(await plan_of(seeded, ALL["conversation_statements.READY"]))

    assert '"Anti"' not in plan
    assert '"SubPlan"' in plan
