"""`roost welcome`: welcome messages, and the rule that makes one the default."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from roost.cli import content, x_calls, x_texts
from roost.cli.content import NOTHING, Content
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.xapi.wire_welcome import WelcomeMessage, WelcomeMessageRule

run = x_calls.verb(
    "welcome",
    "Make, list, show, change and delete welcome messages; `roost welcome rules` sets the default.",
    'Examples: `roost welcome new "Welcome!" --name support_en --default`, `roost welcome list`',
)
rules: App = x_calls.verb(
    "rules",
    "Say which welcome message is the default.",
    "Example: `roost welcome rules list`",
)
run.command(rules)


@run.command
async def new(
    text: str,
    *,
    name: str = "",
    default: Annotated[bool, Parameter(negative=())] = False,
    carried: Content = NOTHING,
    who: Who = ANYBODY,
) -> int:
    """Make a welcome message; media is uploaded so that everybody can be shown it.

    Examples: `roost welcome new "How can we help?" --name support_en --default`,
    `roost welcome new "Sale!" --button "Look=https://shop.example/sale" --media cat.png`

    Args:
        text: Up to 9,990 characters.
        name: For you; nobody else is shown it.
        default: Show it to everybody who opens a conversation, in place of the default so far.
        carried: What else it carries.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessage:
        message = await content.message(line.x, text, carried, shared=True)
        made = await line.x.welcome_messages.new(message, name=name)
        if default and made.id:
            await line.x.welcome_rules.set_default(made.id)
        return made

    return await x_calls.perform(
        who, action, x_texts.welcome_message, {"--name": name, **carried.typed()}
    )


@run.command(name="list")
async def list_messages(*, who: Who = ANYBODY) -> int:
    """List the account's welcome messages.

    Example: `roost welcome list --json`
    """
    return await x_calls.listed(
        who,
        lambda line: line.x.welcome_messages.all(),
        x_texts.welcome_message,
        none="no welcome messages",
    )


@run.command
async def show(welcome_id: str, *, who: Who = ANYBODY) -> int:
    """Show a welcome message.

    Example: `roost welcome show 1560000000000000007`

    Args:
        welcome_id: As `roost welcome list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessage:
        return await line.x.welcome_messages.show(welcome_id)

    return await x_calls.perform(who, action, x_texts.welcome_message, {"welcome_id": welcome_id})


@run.command
async def update(
    welcome_id: str, text: str, *, carried: Content = NOTHING, who: Who = ANYBODY
) -> int:
    """Put other content in the place of a welcome message's; what is not given is gone.

    Example: `roost welcome update 1560000000000000007 "We are back on Monday."`

    Args:
        welcome_id: As `roost welcome list` shows it.
        text: Up to 9,990 characters.
        carried: What else it carries.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessage:
        message = await content.message(line.x, text, carried, shared=True)
        return await line.x.welcome_messages.update(welcome_id, message)

    typed = {"welcome_id": welcome_id, **carried.typed()}
    return await x_calls.perform(who, action, x_texts.welcome_message, typed)


@run.command
async def delete(welcome_id: str, *, who: Who = ANYBODY) -> int:
    """Delete a welcome message, and the rule that names it.

    Example: `roost welcome delete 1560000000000000007`

    Args:
        welcome_id: As `roost welcome list` shows it.
        who: In whose name, and how the answer is shown.
    """
    return await x_calls.done(
        who,
        lambda line: line.x.welcome_messages.delete(welcome_id),
        {"welcome_id": welcome_id},
        deleted=welcome_id,
    )


@rules.command(name="set")
async def set_rule(welcome_id: str, *, who: Who = ANYBODY) -> int:
    """Make a welcome message the default, in place of the one there is.

    Example: `roost welcome rules set 1560000000000000007`

    Args:
        welcome_id: As `roost welcome list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessageRule:
        return await line.x.welcome_rules.set_default(welcome_id)

    return await x_calls.perform(who, action, x_texts.rule, {"welcome_id": welcome_id})


@rules.command(name="new")
async def new_rule(welcome_id: str, *, who: Who = ANYBODY) -> int:
    """Make a rule beside those there are, as X's own script does; `set` is what you want.

    Example: `roost welcome rules new 1560000000000000007`

    Args:
        welcome_id: As `roost welcome list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessageRule:
        return await line.x.welcome_rules.new(welcome_id)

    return await x_calls.perform(who, action, x_texts.rule, {"welcome_id": welcome_id})


@rules.command(name="list")
async def list_rules(*, who: Who = ANYBODY) -> int:
    """List the account's rules: one, or none.

    Example: `roost welcome rules list`
    """
    return await x_calls.listed(
        who, lambda line: line.x.welcome_rules.all(), x_texts.rule, none="no default"
    )


@rules.command(name="show")
async def show_rule(rule_id: str, *, who: Who = ANYBODY) -> int:
    """Show a rule.

    Example: `roost welcome rules show 1570000000000000009`

    Args:
        rule_id: As `roost welcome rules list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> WelcomeMessageRule:
        return await line.x.welcome_rules.show(rule_id)

    return await x_calls.perform(who, action, x_texts.rule, {"rule_id": rule_id})


@rules.command(name="delete")
async def delete_rule(rule_id: str, *, who: Who = ANYBODY) -> int:
    """Delete a rule; the welcome message stays.

    Example: `roost welcome rules delete 1570000000000000009`

    Args:
        rule_id: As `roost welcome rules list` shows it.
        who: In whose name, and how the answer is shown.
    """
    return await x_calls.done(
        who,
        lambda line: line.x.welcome_rules.delete(rule_id),
        {"rule_id": rule_id},
        deleted=rule_id,
    )
