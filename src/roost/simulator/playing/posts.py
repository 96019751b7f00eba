"""Posting, and what is done to Posts."""

from __future__ import annotations

from roost.simulator import actions, liking, post_access, post_links, post_media, posting
from roost.simulator.actions import Action, Done, InvalidAction, plays
from roost.simulator.entries import PostEntry, UserEntry
from roost.simulator.playing import targets
from roost.simulator.posting import Draft
from roost.simulator.refusals import Refusal
from roost.simulator.simulation import Simulation
from roost.simulator.world import X_CLIENT, World


@plays("post")
def post(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Post: something new, or about a Post or a user.

    Raises:
        InvalidAction: The text, the Post or the user it is about is not possible.
    """
    kind = action.kind or _kind(action)
    if kind == "repost":
        return _repost(simulation, user, action)
    media_ids = _media(simulation, user, action)
    if not action.text.strip() and not media_ids:
        raise InvalidAction("text", "must not be empty")
    typed, answered, mentions = action.text.strip(), None, ()
    link = _checked_link(simulation.world, action)
    if kind == "reply":
        answered = targets.post(simulation, user, action)
        _check_answered(simulation, user, answered)
        others = dict.fromkeys(
            (answered.user_id, *posting.mentioned_in(simulation.world, answered))
        )
        users = simulation.world.users
        mentions = tuple(users[one].screen_name for one in others if one != user.user_id)
    if kind == "quote":
        link = _quoting(simulation, user, action)
    if kind == "mention":
        name = f"@{actions.other_user(simulation, action).screen_name}"
        typed = typed if name.lower() in typed.lower() else f"{name} {typed}"
    draft = Draft(typed, X_CLIENT.app_id, answered, mentions, link, media_ids, action.replies_from)
    return actions.done(targets.doing("text", lambda: posting.publish(simulation, user, draft)))


@plays("delete_post")
def delete_post(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Delete a Post of one's own.

    Raises:
        InvalidAction: It is not there, or somebody else's.
    """
    found = targets.post(simulation, user, action)
    if found.user_id != user.user_id:
        raise InvalidAction("post_id", "is somebody else's")
    return actions.done(posting.delete(simulation, found))


@plays("like")
def like(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Like a Post.

    Raises:
        InvalidAction: It is not there, or liked already.
    """
    found = targets.post(simulation, user, action)
    targets.allowed("post_id", lambda: post_access.check_acted_on(found))
    return actions.done(targets.doing("post_id", lambda: liking.like(simulation, user, found)))


@plays("unlike")
def unlike(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """No longer like a Post; X tells nobody.

    Raises:
        InvalidAction: It is not there, or not liked.
    """
    found = targets.post(simulation, user, action)
    return actions.done(targets.doing("post_id", lambda: liking.unlike(simulation, user, found)))


def _check_answered(simulation: Simulation, user: UserEntry, answered: PostEntry) -> None:
    world = simulation.world
    author, named = world.users[answered.user_id], posting.mentioned_in(world, answered)
    targets.allowed("post_id", lambda: post_access.check_answered(answered, author, user, named))


def _media(simulation: Simulation, user: UserEntry, action: Action) -> tuple[str, ...]:
    try:
        found = post_media.claim(simulation.world, action.media_ids, user.user_id)
    except Refusal as error:
        raise InvalidAction("media_ids", error.reason) from error
    if found and action.link:
        raise InvalidAction("link", "cannot be on a Post together with media")
    return tuple(entry.media_id for entry in found)


def _kind(action: Action) -> str:
    if action.post_id:
        return "reply"
    return "mention" if action.to else ""


def _repost(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    world, found = simulation.world, targets.post(simulation, user, action)
    targets.allowed("post_id", lambda: post_access.check_acted_on(found))
    original: PostEntry = world.posts.find(found.reposts) or found
    if world.users[original.user_id].protected:
        raise InvalidAction("post_id", "is for its author's followers only")
    if any(one.user_id == user.user_id for one in world.posts.reposts(original.post_id)):
        raise InvalidAction("post_id", "has been reposted by this user")
    return actions.done(posting.repost(simulation, user, original, app_id=X_CLIENT.app_id))


def _quoting(simulation: Simulation, user: UserEntry, action: Action) -> str:
    found = targets.post(simulation, user, action)
    if action.link:
        raise InvalidAction("link", "cannot be attached to a quote")
    author = simulation.world.users[found.user_id]
    return post_links.permalink(author.screen_name, found.post_id)


def _checked_link(world: World, action: Action) -> str:
    link = post_links.deep_link_in(action.link) if action.link else None
    if action.link and (link is None or link.recipient_id not in world.users):
        raise InvalidAction("link", "is not a link that opens a conversation with a user here")
    return action.link
