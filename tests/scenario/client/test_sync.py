"""`roost sync` against a simulator: what a bot declares is there, and stays under its id."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.client.conftest import X
from tests.scenario.client.test_verbs import Shell, roost

__all__ = ["roost"]

BOT = """
from roost import Bot, Button, QuickReply, WelcomeMessage
bot = Bot("shop")

@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    return WelcomeMessage(
        "Tom & Jerry <3 https://shop.example/a",
        quick_replies=[QuickReply("Track", "track", "By number")],
        buttons=[Button("Look", "https://shop.example/sale")],
    )

@bot.welcome()
def sale() -> WelcomeMessage:
    return WelcomeMessage("Sale!")
"""


async def test_what_is_declared_comes_to_x_and_stays_in_step(x: X, roost: Shell, tmp_path: Path):
    other = await roost.json("welcome", "new", "Made by hand", "--default")
    bot = tmp_path / "shop_bot.py"
    bot.write_text(BOT, encoding="utf-8")

    code, out, _ = await roost("sync", str(bot), "--dry-run")
    assert (code, out.splitlines()) == (
        0,
        ["greeting: would be made", "sale: would be made", "greeting: would be the default"],
    )
    assert len(await roost.json("welcome", "list")) == 1

    done = await roost.json("sync", str(bot))
    assert (done["made"], done["default"], done["is_done"]) == (
        ["greeting", "sale"],
        "greeting",
        True,
    )
    ids = {one.get("name", ""): one["id"] for one in await roost.json("welcome", "list")}
    assert ids.keys() == {"", "roost#greeting", "roost#sale"}
    assert ids[""] == other["id"]
    (rule,) = await roost.json("welcome", "rules", "list")
    assert rule["welcome_message_id"] == ids["roost#greeting"]

    code, out, _ = await roost("sync", str(bot))
    assert (code, out) == (0, "X has everything as it is declared\n")

    bot.write_text(BOT.replace("By number", "By its number").split("@bot.welcome()")[0])
    code, out, _ = await roost("sync", str(bot))
    assert out.splitlines() == ["greeting: changed", "sale: removed"]
    after = {one.get("name", ""): one["id"] for one in await roost.json("welcome", "list")}
    assert after == {"": other["id"], "roost#greeting": ids["roost#greeting"]}


async def test_a_bot_that_cannot_be_loaded_changes_nothing(x: X, roost: Shell, tmp_path: Path):
    code, _, err = await roost("sync", str(tmp_path / "none.py"))
    assert code == 2
    assert "there is no such file" in err
