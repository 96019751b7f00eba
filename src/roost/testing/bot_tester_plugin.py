"""`BotTester` as a pytest fixture; a test that fails shows what was said.

Name it in a `conftest.py`, and say which bot:

```python
pytest_plugins = ["roost.testing.bot_tester_plugin"]


@pytest.fixture
def bot() -> Bot:
    return my_bot.bot
```
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from roost.bot.router import Bot
from roost.testing.bot_tester import BotTester

_SECTION = "conversations"


@pytest.fixture
def tester(bot: Bot) -> Generator[BotTester]:
    """Run the bot that the fixture `bot` gives."""
    with BotTester(bot) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was said where a test with a tester fails."""
    report = yield
    given = item.funcargs.values() if isinstance(item, pytest.Function) else ()
    for one in given if report.when == "call" and report.failed else ():
        if isinstance(one, BotTester):
            report.sections.append((_SECTION, one.transcript()))
    return report
