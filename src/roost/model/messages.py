"""What a Direct Message carries, in either direction."""

from __future__ import annotations

from dataclasses import dataclass

from roost.model.ids import MessageId
from roost.model.media import MediaFile


@dataclass(frozen=True, slots=True)
class QuickReply:
    """One answer a customer can tap.

    Attributes:
        label: What is shown, and the text of the customer's answer; 1 to 36 characters.
        metadata: What comes back with the tap; up to 1,000 characters, `None` for nothing.
        description: Shown under the label; up to 72 characters; all options have one or none has.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/quick-replies (archived).
    """

    label: str
    metadata: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A link shown as a button under a message.

    Attributes:
        label: 1 to 36 characters.
        url: An `https` address.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/buttons (archived).
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the map.

    Attributes:
        longitude: Degrees, -180 to 180; east is positive.
        latitude: Degrees, -90 to 90; north is positive.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments/guides
    /attaching-location (archived).
    """

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message we want X to carry. At most one of media, point and place is attached.

    Attributes:
        text: 1 to 10,000 characters; may be empty where something is attached.
        quick_replies: Up to 20 options.
        buttons: Up to 3 buttons.
        media_id: X's id of an uploaded picture, GIF or video, good for 24 hours and, unless it was
            uploaded to be shared, for one message; `""` for none.
        media: A file that is uploaded before it is sent, and has X's id then; `None` for none.
        point: A point on the map.
        place_id: X's id of a place; `""` for none.
        custom_profile_id: Under which name and picture to speak; `""` for the account's own.
        speaker: The name that stands under the text should X no longer have that profile; `""` for
            none. X never gets it.
    """

    text: str
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()
    media_id: str = ""
    media: MediaFile | None = None
    point: Point | None = None
    place_id: str = ""
    custom_profile_id: str = ""
    speaker: str = ""

    @property
    def attached(self) -> str:
        """What hangs on it: `media`, `location`, or `""` for nothing."""
        if self.media is not None or self.media_id:
            return "media"
        return "location" if self.point is not None or self.place_id else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stood directly before a message in its sender's view. One of the ids is not `""`.

    Attributes:
        welcome_message_id: X's id of the welcome message.
        post_id: X's id of the Post whose prompt began the conversation.
        welcome: What the bot calls the welcome message; `""` for one that no bot declares.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/guides
    /message-create-object (archived).
    """

    welcome_message_id: str = ""
    post_id: str = ""
    welcome: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message X told us about.

    Attributes:
        message_id: X's id.
        text: As a person reads it: entities undone, short links replaced by what they stand for.
        chosen: The metadata of the quick reply the customer tapped; `None` if none was tapped
            or the option carried none (`is_quick_reply` tells which).
        is_quick_reply: Whether the message is a tap on a quick reply.
        quick_replies: Options the message offered.
        buttons: Buttons the message carried.
        source_app_id: The app that sent it; `""` where X does not say.
        attachment: What hangs on it: `photo`, `animated_gif`, `video` or `location`; `""` for
            nothing. The text does not hold the link that X adds for it.
        entry: What the conversation began with; `None` where nothing stood before the message.
    """

    message_id: MessageId
    text: str
    chosen: str | None = None
    is_quick_reply: bool = False
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()
    source_app_id: str = ""
    attachment: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """An X user as others see them.

    Attributes:
        user_id: X's id.
        screen_name: Without `@`; `""` where X did not say.
        name: The display name; `""` where X did not say.
    """

    user_id: str
    screen_name: str = ""
    name: str = ""
