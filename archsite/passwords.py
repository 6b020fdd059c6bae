"""Passwords that are long and easy to guess all the same. Django's own rules judge the rest."""

from string import digits, punctuation
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LEAST_PIECE: Final = 4
ADDED: Final = digits + punctuation + " "


class CommonPiecesValidator(CommonPasswordValidator):
    """Refuses two common passwords one behind the other, and one with digits or signs added or said again.

    Of the list that Django brings 187 have twelve characters; most that people take of that length are made of others.
    """

    def validate(self, password: str, user: Any = None) -> None:
        word = password.casefold()
        core = word.strip(ADDED)
        if self.is_made_of_common(word) or self.is_made_of_common(core) or is_said_again(word):
            raise ValidationError(self.get_error_message(), code="password_common_pieces")

    def is_made_of_common(self, word: str) -> bool:
        places = range(LEAST_PIECE, len(word) - LEAST_PIECE + 1)
        return word in self.passwords or any({word[:at], word[at:]} <= self.passwords for at in places)

    def get_error_message(self) -> str:
        return "This password is put together of common ones."

    def get_help_text(self) -> str:
        return "Your password must not be put together of common ones."


def is_said_again(word: str) -> bool:
    """Whether a piece of six characters or fewer makes all of it."""
    return any(word == (word[:size] * len(word))[: len(word)] for size in range(1, 7))


# What stands for this site, its work and its people; docs/security.md says so.
HOUSE_WORDS: Final = ("archsite", "architecture", "catalogue", "catalog", "pattern", "curator", "editor", "publisher")
LEAST_BESIDE: Final = 8


class HouseWordsValidator:
    """Refuses a password of which fewer than eight characters are left without the words of the house."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in sorted({*HOUSE_WORDS, *host_words()}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < min(LEAST_BESIDE, len(password)) and rest != password.casefold():
            raise ValidationError("This password is made of the name of this site.", code="password_of_the_house")

    def get_help_text(self) -> str:
        return "Your password must not be the name of this site with little else."


def host_words() -> list[str]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    return [word for word in host.replace("-", ".").split(".") if len(word) >= LEAST_PIECE]
