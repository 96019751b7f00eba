"""What belongs to an account: canned replies, and who speaks under which custom profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, JSONBody, PathParameter
from litestar.response import Stream

from roost.desk import media, once
from roost.desk import wire_composing as wire
from roost.desk.access import Policy
from roost.desk.once import AnyRequest, Key
from roost.desk.parts import DeskParts, Parts
from roost.desk.problems import CONFLICT, UNPROCESSABLE, FieldError, Refused, not_found
from roost.errors import PermissionMissing
from roost.model.ids import UserId
from roost.model.people import PersonId
from roost.ports import Tx
from roost.ports.composing import CannedReply, Voice

CannedId = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$")]
AnyId = Annotated[str, PathParameter(max_length=64)]
ProfileId = Annotated[str, PathParameter(pattern="^[0-9]{1,19}$")]


class AccountController(Controller):
    """An account of ours."""

    path = "/api/accounts/{account_id:str}"
    tags: Sequence[str] | None = ("accounts",)

    @get("/canned", policy=Policy.PERSON)
    async def canned(self, parts: Parts, account_id: FromPath[str]) -> wire.CannedReplies:
        """List the account's canned replies, by name."""
        found = await parts.store.composing.canned(parts.known(account_id))
        return wire.CannedReplies(
            [wire.Canned(canned_id=one.canned_id, name=one.name, text=one.text) for one in found]
        )

    @put("/canned/{canned_id:str}", policy=Policy.ADMIN, status_code=204)
    async def put_canned(
        self,
        data: JSONBody[wire.NewCanned],
        parts: Parts,
        account_id: FromPath[str],
        canned_id: CannedId,
    ) -> None:
        """Make a canned reply under an id the caller draws, or replace the one it names."""
        account, now = parts.known(account_id), parts.clock.now()
        one = CannedReply(canned_id, data.name, data.text)
        if not await parts.store.transact(lambda tx: tx.composing.put_canned(account, one, at=now)):
            wrong = FieldError("name", f"another canned reply is called {data.name}")
            raise Refused(CONFLICT, "name_taken", "The name is taken.", errors=[wrong])

    @delete("/canned/{canned_id:str}", policy=Policy.ADMIN)
    async def drop_canned(
        self, parts: Parts, account_id: FromPath[str], canned_id: CannedId
    ) -> None:
        """Remove a canned reply."""
        account = parts.known(account_id)
        if not await parts.store.transact(lambda tx: tx.composing.drop_canned(account, canned_id)):
            raise not_found("such canned reply")

    @get("/voices", policy=Policy.ADMIN)
    async def voices(self, parts: Parts, account_id: FromPath[str]) -> wire.Voices:
        """List who speaks under which custom profile, and the profiles X has for the account."""
        account = parts.known(account_id)
        profiles, problem = await _profiles(parts, account)
        chosen = await parts.store.composing.voices(account)
        people = [one for one in await parts.store.people.people() if one.may_serve(account)]
        return wire.Voices(
            profiles=[wire.Profile(profile_id=one.profile_id, name=one.name) for one in profiles],
            people=[_persons(one.person_id, one.name, chosen.get(one.person_id)) for one in people],
            problem=problem,
        )

    @post("/profiles", policy=Policy.ADMIN, status_code=201)
    async def new_profile(
        self,
        *,
        data: JSONBody[wire.NewProfile],
        parts: Parts,
        request: AnyRequest,
        account_id: FromPath[str],
        key: Key,
    ) -> wire.Profile:
        """Make a custom profile at X."""
        account = parts.known(account_id)

        async def work() -> wire.Profile:
            made = await parts.at_x.new_voice(account, data.name, data.media_id)
            return wire.Profile(profile_id=made.profile_id, name=made.name)

        named = await once.named(request, account, key)
        return await once.done(parts, named, wire.Profile, work)

    @delete("/profiles/{profile_id:str}", policy=Policy.ADMIN)
    async def drop_profile(
        self, parts: Parts, account_id: FromPath[str], profile_id: ProfileId
    ) -> None:
        """Delete a custom profile at X; whoever spoke under it signs what they write instead.

        Messages that were said under it still show it.
        """
        account = parts.known(account_id)
        await parts.at_x.drop_voice(account, profile_id)
        voices = await parts.store.composing.voices(account)

        async def unit(tx: Tx) -> None:
            for person_id, voice in voices.items():
                if voice.profile_id == profile_id:
                    await tx.composing.drop_voice(account, person_id)

        await parts.store.transact(unit)

    @get("/profiles/{profile_id:str}/picture", policy=Policy.PERSON)
    async def picture(
        self, parts: Parts, account_id: FromPath[str], profile_id: ProfileId
    ) -> Stream:
        """Give a custom profile's picture, fetched from X."""
        account = parts.known(account_id)
        async with parts.downloads, media.fetching() as path:
            if not await parts.at_x.fetch_face(account, profile_id, path):
                raise not_found("picture of this profile")
            return await media.shown(path)

    @put("/voices/{person_id:str}", policy=Policy.ADMIN, status_code=204)
    async def choose(
        self,
        data: JSONBody[wire.ChooseProfile],
        parts: Parts,
        account_id: FromPath[str],
        person_id: AnyId,
    ) -> None:
        """Have a person speak under one of the account's profiles from now on."""
        account, person = await _served_by(parts, account_id, person_id)
        profiles = {one.profile_id: one for one in await parts.at_x.voices(account)}
        voice = profiles.get(data.profile_id)
        if voice is None:
            wrong = FieldError("profile_id", f"the account has no profile {data.profile_id} at X")
            raise Refused(UNPROCESSABLE, "invalid", "There is no such profile.", errors=[wrong])
        await parts.store.transact(lambda tx: tx.composing.put_voice(account, person, voice))

    @delete("/voices/{person_id:str}", policy=Policy.ADMIN)
    async def sign_instead(self, parts: Parts, account_id: FromPath[str], person_id: AnyId) -> None:
        """Have a person sign what they write instead."""
        account, person = await _served_by(parts, account_id, person_id)
        await parts.store.transact(lambda tx: tx.composing.drop_voice(account, person))


async def _profiles(parts: DeskParts, account: UserId) -> tuple[Sequence[Voice], str]:
    try:
        return await parts.at_x.voices(account), ""
    except PermissionMissing as error:
        return (), error.message


async def _served_by(parts: DeskParts, account_id: str, person_id: str) -> tuple[UserId, PersonId]:
    account = parts.known(account_id)
    for person in await parts.store.people.people():
        if person.person_id == person_id and person.may_serve(account):
            return account, person.person_id
    raise not_found("such person")


def _persons(person_id: PersonId, name: str, voice: Voice | None) -> wire.PersonsProfile:
    return wire.PersonsProfile(
        person_id=person_id,
        name=name,
        profile_id=voice.profile_id if voice else None,
        profile=voice.name if voice else None,
    )
