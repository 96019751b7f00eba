"""The advisory locks Roost takes in PostgreSQL. They are the database's own, not the server's."""

from __future__ import annotations

PROCESSES = 0x526F6F73
"""First half of a living process's lock; the second is its number."""

WORK = 0x526F6F74
"""First half of the lock on work that one does at a time; the second is one of those below."""

MIGRATING = 1
FILING = 2
LISTING = 3

INDEXES = 0x526F6F75
"""First half of the lock that every process shares which makes findable what it files; the second
is `EVERYBODY`. Of one that is not among them it has to be done afterwards."""

WORKERS = 0x526F6F76
"""First half of the lock that every process shares which runs bots and sends; the second is
`EVERYBODY`. Where nobody has it, what comes in is kept and nobody answers."""

EVERYBODY = 0
