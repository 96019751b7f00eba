"""Each of X's error codes comes of what is asked and of the world, without a fault rule.

Those that only a rule brings are named, and `docs/fidelity.md` says of every code which it is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.scenario.simulator.provocations import PROVOKED

from roost.xapi.errors_table import ERROR_CODES

ONLY_BY_FAULTS = {0, 13, 67, 130, 131, 226}
FIDELITY = Path(__file__).parents[3] / "docs" / "fidelity.md"


@pytest.mark.parametrize("code", PROVOKED)
async def test_a_code_comes_of_what_is_asked_and_of_the_world(x, stage, code: int):
    answer = await PROVOKED[code](x, stage)

    status, found, text = answer.fault
    assert (status, found) == (answer.status, code)
    assert status == {214: 400}.get(code, ERROR_CODES[code].status)
    assert text
    assert "{" not in text


def test_the_page_about_fidelity_says_of_every_code_how_it_is_provoked():
    _, _, section = FIDELITY.read_text(encoding="utf-8").partition("## Error codes\n")
    rows = re.findall(r"^\| ([\d, ]+) \| (.*?) \|", section.partition("\n## ")[0], re.MULTILINE)
    said = {int(code): how for codes, how in rows for code in codes.split(", ")}

    assert said.keys() == ERROR_CODES.keys()
    assert {code for code, how in said.items() if how.startswith("fault:")} == ONLY_BY_FAULTS
    assert said.keys() - ONLY_BY_FAULTS == PROVOKED.keys()
