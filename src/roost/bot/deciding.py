"""One turn: its events, in order, each to the dialog that waits for it or to its handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from roost.bot import (
    asking,
    awaiting,
    entering,
    facts,
    heeding,
    menus,
    questions,
    rewinding,
    telling,
)
from roost.bot.chat import Chat
from roost.bot.handlers import Registered
from roost.bot.handling import Handlers, OnChanged
from roost.bot.occasions import CANCEL, RESTART, TIMER_PREFIX, Occasion
from roost.bot.running import Run, Suspended
from roost.bot.speaking import Voice
from roost.bot.words import Meaning
from roost.errors import BotError, DialogChanged, Unanswered
from roost.model.decisions import Decision, HandOff, Remember, Reply, Resolve
from roost.model.dialogs import Dialog, DialogPhase, DialogState
from roost.model.events import MessageReceived, TimerFired, TurnEvent
from roost.model.opting import STOPPED
from roost.model.turns import Progress, Turn
from roost.model.x_objects import XKind

HandOver = Callable[[Progress], Awaitable[None]]
"""Has a `Progress` committed; returns once it is."""


class Deciding:
    """Decides one turn.

    Args:
        handlers: Of the bot.
        turn: What happened, and the dialogs that are open.
        hand_over: Commits what must not wait until the turn's end.
    """

    def __init__(self, handlers: Handlers, turn: Turn, hand_over: HandOver) -> None:
        self._handlers = handlers
        self._turn = turn
        self._hand_over = hand_over
        self._open = {dialog.dialog_id: dialog for dialog in turn.dialogs}
        self._voice = _voice_of(handlers.speaks_as, turn)
        self._n_handled = 0
        self._decisions: list[Decision] = []
        self._states: list[DialogState] = []
        self._is_resolved = False
        self._known = {(one.scope, one.name): one.value for one in turn.memories}
        # What this turn offers, nobody has seen who wrote one of its messages.
        self._menu = self._known.get(menus.OFFERED, b"")

    async def run(self) -> Progress:
        """Handle every event; give what is still to be committed."""
        awaiting.note_turn()
        welcomes = entering.welcomes(self._turn.at_x)
        for event in (entering.named(one, welcomes) for one in self._turn.events):
            if self._states:
                await self._commit([], None)
            self._is_resolved = False  # the customer has written again
            await self._handle(event)
            self._n_handled += 1
        if self._is_resolved:
            self._decisions.append(Resolve())
        return Progress(tuple(self._decisions), final=True, dialogs=tuple(self._states))

    async def _handle(self, event: TurnEvent) -> None:
        interrupted = self._interrupted_in(event)
        if interrupted is not None:
            await self._go_on(interrupted, None, taking=event.event_key)
        elif await self._is_heeded(event):
            return
        elif isinstance(event, TimerFired) and event.name.startswith(TIMER_PREFIX):
            dialog_id, _, what = event.name.removeprefix(TIMER_PREFIX).rpartition(":")
            dialog = self._open.get(dialog_id)
            if dialog is not None:
                await self._wake(dialog, what, event)
        elif not await self._is_answer(event):
            await self._begin(self._as_tap(event))

    def _meaning_of(self, event: TurnEvent) -> Meaning | None:
        """Give what a built-in word means.

        All but `stop` yield to what is offered under the word, and to a handler made for it: that
        gets it even where something is being asked, as the handler of a menu does.
        """
        if not isinstance(event, MessageReceived):
            return None
        meaning = self._handlers.words.meaning_of(event.message)
        if meaning in {None, Meaning.STOP} or self._is_stopped():
            return meaning
        if self._asking() is None and menus.is_label(event, self._offered_to(event)):
            return None
        if not self._handlers.asks_for(event):
            return meaning
        return None if meaning is Meaning.START else Meaning.MENU

    def _is_stopped(self) -> bool:
        return bool(self._known.get(STOPPED))

    async def _wake(self, dialog: Dialog, what: str, event: TimerFired) -> None:
        handler = self._handlers.handler_called(dialog.name)
        if what == CANCEL:
            self._end(dialog)
        elif what == RESTART and handler is not None:
            await self._rewind(handler, dialog, 0, taking=event.event_key)
        else:
            await self._go_on(dialog, event, taking=event.event_key)

    async def _is_heeded(self, event: TurnEvent) -> bool:
        """Do what a built-in word says; whether nobody else is to get the event."""
        meaning, asked = self._meaning_of(event), self._asking_all()
        is_stopped = self._is_stopped()
        is_word = meaning not in {None, Meaning.STOP} and not is_stopped
        if is_word and asked and await self._takes_as_label(asked[0], event):
            return True
        if meaning is Meaning.MENU and self._handlers.handler_for(event) is None:
            meaning = Meaning.CANCEL  # nobody shows a menu, so somebody has to say a word
        heeded = heeding.heed(
            meaning, self._handlers.words, is_stopped=is_stopped, is_asking=bool(asked)
        )
        self._take([self._signed(one) for one in heeded.decisions])
        left = (asked[:1] if heeded.is_done else asked) if heeded.ends_asking else []
        for dialog in [*self._open.values()] if heeded.ends_all else left:
            self._end(dialog)
        return heeded.is_done

    def _signed(self, decision: Decision) -> Decision:
        if isinstance(decision, Reply):
            return Reply(self._voice.spoken(decision.message))
        return decision

    def _as_tap(self, event: TurnEvent) -> TurnEvent:
        """Give the tap on what was offered last that a typed message stands for."""
        if not isinstance(event, MessageReceived) or self._asking() is not None:
            return event
        tap = menus.as_tap(event, self._offered_to(event))
        tapped = event if tap is None else replace(event, message=tap)
        return tapped if self._handlers.offers(tapped) else event

    def _offered_to(self, event: MessageReceived) -> bytes:
        """Give what the customer who wrote was offered: by a welcome message, or else by us."""
        entry = event.message.entry
        welcome = self._handlers.welcomes.get(entry.welcome) if entry else None
        return menus.of(welcome.message.quick_replies) if welcome else self._menu

    async def _is_answer(self, event: TurnEvent) -> bool:
        if not isinstance(event, MessageReceived):
            return False
        tapped = (one for one in self._asking_all() if questions.is_of(one, event.message))
        asked = next(tapped, self._asking())
        return asked is not None and await self._go_on(asked, event, taking=event.event_key)

    async def _begin(self, event: TurnEvent) -> None:
        handler = self._handlers.handler_for(event)
        if handler is None:
            return
        asking = self._asking_all() if isinstance(event, MessageReceived) else []
        dialog = _new(event.event_key, handler.name, event)
        await self._run(handler, dialog, None, taking=event.event_key)
        begun = self._open.get(dialog.dialog_id)
        if begun is not None and begun.phase is DialogPhase.ASKING:
            for one in asking:  # the customer has gone on to something else
                self._end(one)

    async def _takes_as_label(self, dialog: Dialog, event: TurnEvent) -> bool:
        """Go on with a dialog where a built-in word is a label of what it offers; whether it is."""
        handler = self._handlers.handler_called(dialog.name)
        try:
            return handler is not None and await self._run(
                handler, dialog, event, taking=event.event_key, is_word=True
            )
        except DialogChanged:
            return False  # what it offered is not known any more; the word still is

    async def _go_on(self, dialog: Dialog, event: TurnEvent | None, *, taking: str) -> bool:
        """Go on with a dialog; whether it took the event."""
        handler = self._handlers.handler_called(dialog.name)
        if handler is None:
            self._give_up(dialog, f"dialog {dialog.name}: there is no such handler any more")
            return True
        try:
            return await self._run(handler, dialog, event, taking=taking)
        except DialogChanged as error:
            if self._handlers.on_changed is OnChanged.HAND_OFF:
                self._give_up(dialog, _told(error, handler))
                return True
            is_kept = self._handlers.on_changed is OnChanged.ASK_AGAIN
            await self._rewind(handler, dialog, error.n_kept if is_kept else 0, taking=taking)
            return True

    async def _rewind(
        self, handler: Registered, dialog: Dialog, n_kept: int, *, taking: str
    ) -> None:
        """Go on with a dialog from an earlier point, as if nothing had followed it."""
        self._take(rewinding.forgotten(dialog, n_kept))
        try:
            await self._run(handler, rewinding.rewound(dialog, n_kept), None, taking=taking)
        except DialogChanged as error:
            self._give_up(dialog, _told(error, handler))

    async def _run(
        self,
        handler: Registered,
        dialog: Dialog,
        event: TurnEvent | None,
        *,
        taking: str,
        is_word: bool = False,
    ) -> bool:
        run = Run(
            dialog,
            occasion=Occasion(
                taking,
                facts.of(self._turn, dialog.begun_by),
                event,
                is_word=is_word,
                known=self._known,
                voice=self._voice,
                shelf=self._handlers.shelf,
                timers=self._handlers.timers,
            ),
            is_stored=dialog.dialog_id in self._open,
            commit=partial(self._commit_of, handler),
            place=handler.place,
        )
        asked = await self._unanswered_in(handler, run)
        decisions, state = run.finish()
        if not run.has_taken:
            return await self._is_asked_again(event, run)
        self._take(decisions)
        if asked is not None and not asked.is_late:
            self._decisions.append(HandOff(str(asked)))
        if state is not None:
            self._check_found(handler, state)
            self._note(state)
        return True

    async def _unanswered_in(self, handler: Registered, run: Run) -> Unanswered | None:
        """Run a handler until it ends or waits; give the question it let go unanswered, if any."""
        try:
            await handler(Chat(self._turn, run), run.calls)
        except Suspended:
            if not run.is_waiting:
                raise
        except Unanswered as error:
            return error
        except (SystemExit, BaseExceptionGroup) as error:
            told = telling.instead_of(error, place=handler.place)
            if told is None:
                raise
            raise told.with_traceback(error.__traceback__) from error
        return None

    async def _is_asked_again(self, event: TurnEvent | None, run: Run) -> bool:
        """Ask again what waits, for a tap that belongs to nobody any more; whether it did."""
        if not (isinstance(event, MessageReceived) and event.message.is_quick_reply):
            return False
        is_wanted = not questions.is_marked(event.message) and self._handlers.asks_for(event)
        if run.question is None or is_wanted:
            return False
        self._take(await asking.once_more(run, run.question))
        return True

    async def _commit_of(
        self, handler: Registered, decisions: Sequence[Decision], state: DialogState
    ) -> None:
        self._check_found(handler, state)
        await self._commit(decisions, state)

    def _check_found(self, handler: Registered, state: DialogState) -> None:
        """Refuse to store a dialog that would go on in another function of the same name."""
        if state.phase is DialogPhase.ENDED:
            return
        found = self._handlers.handler_called(handler.name)
        if found is not None and found.function is not handler.function:
            raise BotError(
                f"several handlers are called {handler.name}, and this one waits",
                place=handler.place,
                remedy="Give each a name of its own: a dialog finds its handler again by its name",
            )

    async def _commit(self, decisions: Sequence[Decision], state: DialogState | None) -> None:
        if state is not None:
            self._note(state)
        self._take(decisions)
        progress = Progress(
            tuple(self._decisions),
            final=False,
            n_handled=self._n_handled,
            dialogs=tuple(self._states),
        )
        self._decisions.clear()
        self._states.clear()
        await self._hand_over(progress)

    def _take(self, decisions: Sequence[Decision]) -> None:
        """Keep decisions for the next commit; to be done with it all waits for the last one."""
        for one in decisions:
            if isinstance(one, Resolve):
                self._is_resolved = True
                continue
            if menus.is_offer(one) and not self._is_worth_keeping(one):
                continue
            decision = menus.offered_at(one, self._turn.now) if menus.is_offer(one) else one
            self._decisions.append(decision)
            if isinstance(decision, Remember):
                self._known[decision.scope, decision.name] = decision.value

    def _is_worth_keeping(self, offer: Remember) -> bool:
        """Tell whether what is typed after an offer can mean something else than without it."""
        means = self._handlers.words.meaning_of_text
        return (
            self._handlers.takes_taps
            or menus.OFFERED in self._known
            or any(means(one) for one in menus.labels(offer.value))
        )

    def _interrupted_in(self, event: TurnEvent) -> Dialog | None:
        return next((one for one in self._open.values() if one.taking == event.event_key), None)

    def _asking_all(self) -> list[Dialog]:
        """Give the dialogs that wait for an answer, the one that asked last first."""
        return [one for one in reversed(self._open.values()) if one.phase is DialogPhase.ASKING]

    def _asking(self) -> Dialog | None:
        """Give the dialog that what is typed goes to."""
        return next(iter(self._asking_all()), None)

    def _give_up(self, dialog: Dialog, reason: str) -> None:
        self._end(dialog)
        self._decisions.append(HandOff(reason))

    def _end(self, dialog: Dialog) -> None:
        self._note(
            DialogState(
                dialog_id=dialog.dialog_id,
                name=dialog.name,
                begun_by=dialog.begun_by,
                first=len(dialog.points),
                points=(),
                phase=DialogPhase.ENDED,
                taking="",
                step="",
            )
        )

    def _note(self, state: DialogState) -> None:
        self._states.append(state)
        known = self._open.pop(state.dialog_id, None)
        if state.phase is not DialogPhase.ENDED:
            points = (*(known.points[: state.first] if known else ()), *state.points)
            self._open[state.dialog_id] = Dialog(
                state.dialog_id, state.name, state.begun_by, points, state.phase, state.taking
            )


def _told(error: DialogChanged, handler: Registered) -> str:
    """Say of a dialog that fits no more where it is written, and what to do."""
    return f"{handler.place}: {error}. {error.remedy}"


def _voice_of(name: str, turn: Turn) -> Voice:
    return Voice(name, {one.name: one.x_id for one in turn.at_x if one.kind is XKind.PROFILE})


def _new(dialog_id: str, name: str, begun_by: TurnEvent) -> Dialog:
    return Dialog(dialog_id, name, begun_by, (), DialogPhase.RUNNING, taking="")
