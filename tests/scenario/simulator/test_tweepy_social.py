"""Tweepy, which knows nothing of this project, posts, follows, likes and reads its answers."""

from __future__ import annotations

import anyio.to_thread
import pytest
import tweepy
from tests.scenario.simulator.test_client_libraries import tweepy_api


async def test_tweepy_understands_users_and_relations(x):
    api = tweepy_api(x, "api.twitter.com")

    def go():
        api.create_friendship(screen_name="ada")
        ours, theirs = api.get_friendship(source_screen_name="acme", target_screen_name="ada")
        api.create_block(screen_name="cy")
        api.create_mute(screen_name="ada")
        found = (
            api.verify_credentials(),
            api.get_user(user_id=2002),
            api.lookup_users(screen_name=["ada", "bob"]),
            api.get_follower_ids(screen_name="ada"),
            api.get_followers(screen_name="ada"),
            api.rate_limit_status(),
        )
        api.destroy_mute(screen_name="ada")
        api.destroy_block(screen_name="cy")
        api.destroy_friendship(screen_name="ada")
        api.session.close()
        return ours, theirs, found

    ours, theirs, (me, ada, both, ids, followers, limits) = await anyio.to_thread.run_sync(go)

    assert (ours.following, ours.can_dm, theirs.followed_by) == (True, True, True)
    assert (me.screen_name, me.created_at.year) == ("acme", 2010)
    assert ada.name == "Ada Lovelace"
    assert {user.id for user in both} == {2002, 2003}
    assert (ids, [user.id for user in followers]) == ([1001], [1001])
    assert limits["resources"]["users"]["/users/lookup"]["limit"] == 900
    entry = x.simulator.simulation.world.users["1001"]
    assert entry.follows == entry.blocks == entry.mutes == ()


async def test_tweepy_posts_answers_likes_and_deletes(x):
    api = tweepy_api(x, "api.x.com")
    asked = (await x.act("2002", "post", text="where is my parcel? @acme")).json["id"]

    def go():
        answer = api.update_status(
            "Tell us more",
            in_reply_to_status_id=int(asked),
            auto_populate_reply_metadata=True,
            attachment_url="https://twitter.com/messages/compose?recipient_id=1001",
            tweet_mode="extended",
        )
        liked = api.create_favorite(int(asked))
        with pytest.raises(tweepy.Forbidden) as twice:
            api.create_favorite(int(asked))
        unliked = api.destroy_favorite(int(asked))
        api.destroy_status(answer.id)
        api.session.close()
        return answer, liked, twice.value.api_codes, unliked

    answer, liked, codes, unliked = await anyio.to_thread.run_sync(go)

    assert answer.full_text.startswith("@ada Tell us more https://t.co/")
    assert answer.in_reply_to_status_id_str == asked
    assert (liked.favorited, codes, unliked.favorited) == (True, [139], False)
    assert list(x.simulator.simulation.world.posts.by("1001")) == []


async def test_tweepy_types_reads_and_deletes_messages(x):
    api = tweepy_api(x, "api.x.com")
    message_id = (await x.write("Hello")).json["id"]

    def go():
        api.indicate_direct_message_typing(2002)
        api.mark_direct_message_read(message_id, 2002)
        api.delete_direct_message(message_id)
        listed = api.get_direct_messages()
        api.session.close()
        return listed

    assert await anyio.to_thread.run_sync(go) == []
    assert x.simulator.simulation.world.reads == {("1001", "2002"): message_id}
