"""What customers and we write in the databases that benchmarks make; some words are rare."""

from __future__ import annotations

import random

RARE = "chrysanthemum"
"""In one of four hundred messages."""

ABSENT = "kaleidoscope"
"""In none."""

COMMON = "parcel"
"""In about every fourth message."""

_RARELY = 400

_TOWNS = ("Leeds", "Bremen", "Nantes", "Sevilla", "Osaka", "Cork", "Graz", "Liège", "Vigo", "Kōbe")
_THINGS = ("lamp", "kettle", "desk", "bicycle", "camera", "jacket", "blanket", "tent", "clock")

_RECEIVED = (
    "Hello, my parcel was to come on Tuesday and it is not here yet. The number is {order}.",
    "Where is my parcel? It was to reach {town} last week 😕",
    "I ordered a {thing} and got another one. What now? Order {order}",
    "The {thing} is broken. Can I send it back, please?",
    "Thanks, that was quick! 🙏",
    "ok",
    "Can somebody call me about the invoice for {order}?",
    "Guten Tag, meine Lieferung {order} nach {town} ist noch nicht da. Können Sie nachsehen?",
    "Das Gerät geht nicht. Ich möchte mein Geld zurück.",
    "Bonjour, où est mon colis ? Le numéro est {order}, livraison à {town}.",
    "Merci beaucoup, c'est réglé !",
    "Hola, mi pedido {order} no ha llegado a {town} todavía.",
    "商品がまだ届きません。注文番号は{order}です。",
    "متى يصل الطرد؟ رقم الطلب {order}",
)
_SENT = (
    "Thanks for writing. Your parcel {order} left our warehouse and is on its way to {town}.",
    "I am sorry about the {thing}. A new one leaves tomorrow, and you may keep the first one.",
    "Could you tell us your order number, please? It begins with ORD.",
    "Your parcel will be with you by Friday.",
    "Danke für Ihre Nachricht. Wir kümmern uns um {order} und melden uns heute noch.",
    "Bonjour, votre commande {order} arrivera à {town} demain.",
    "お問い合わせありがとうございます。明日お届けします。",
    "Is there anything else that we can do for you?",
)

_NAMES = ("Ada", "Bilal", "Chloé", "Dmitri", "Emi", "Fatima", "Goran", "Hana", "Ines", "João")
_FAMILIES = ("Stone", "Okafor", "Müller", "Tanaka", "Silva", "Novak", "Haddad", "Lindqvist", "Roe")


class Texts:
    """Makes texts and names, the same ones every time.

    Args:
        seed: Another one makes other texts.
    """

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def message(self, number: int, *, is_received: bool) -> str:
        """Write a message; `order_number` of its number is in it, or in none."""
        draw = self._random
        text = draw.choice(_RECEIVED if is_received else _SENT).format(
            order=order_number(number), town=draw.choice(_TOWNS), thing=draw.choice(_THINGS)
        )
        return f"{text} {RARE}" if number % _RARELY == 0 else text

    def name(self, number: int) -> tuple[str, str]:
        """Give a customer's screen name and name."""
        draw = self._random
        first, last = draw.choice(_NAMES), draw.choice(_FAMILIES)
        return f"customer_{number:06d}", f"{first} {last}"


def order_number(number: int) -> str:
    """Give an order's number, which no other message has."""
    return f"ORD{number:08d}"
