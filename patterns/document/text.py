"""Text at the documents' border: one normal form, whatever a file, a browser or a spreadsheet sent.

All text is NFC with LF line ends and without surrounding white space. Control characters are refused rather than
dropped: PostgreSQL cannot store NUL, and nobody means to publish the others. In names and labels, which are compared
and stand alone, nothing may hide: invisible characters are refused there, and all white space is one plain space.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LINE_END = re.compile("\r\n?|[\u2028\u2029]")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt); what turns the direction of text is among them.
# And the blank of Braille, U+2800, which Unicode counts as a sign although nothing is to be seen.
# Written as every dialect of regular expressions reads it, and so without those beyond the basic plane.
HIDDEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
INVISIBLE = re.compile(f"[{HIDDEN}\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
MARK_RUN = 30
BEYOND_LATIN = re.compile(f"[\u0300-\U0010ffff]{{{MARK_RUN + 1},}}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CODE = re.compile(r"[0-9A-Za-z.-]{1,16}")
SLUG_LENGTH = 100
URL_LENGTH = 500
REASON_LENGTH = 500  # of what readers are told about a change
NOT_IN_URLS = r'<>"\\^`{|}'
# Context of validation for the documents that we keep: rules that came later refuse none of them.
KEPT = {"is_kept": True}


def refuse(kind: str, message: str, hint: str, *, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """An error that carries what to do about it, to be raised inside a pydantic validator.

    ``at`` leads from the value that is looked at to the part of it that is wrong.
    """
    return PydanticCustomError(kind, "{message}", {"message": message, "hint": hint, "at": at})


def normal_form(value: str) -> str:
    """NFC, LF line ends, no surrounding white space; raises on control characters and lone surrogates."""
    return normal_text(value).strip()


BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


def source_form(value: str) -> str:
    """The same for code, which keeps the white space before its first line; blank lines around it go."""
    return BLANK_LINES.sub("", normal_text(value)).rstrip()


def normal_text(value: str) -> str:
    if value.isascii() and value.isprintable():  # the common case, kept fast
        return value
    text = LINE_END.sub("\n", value)
    if found := FORBIDDEN.search(text):
        where = f"U+{ord(found.group()):04X} at character {found.start() + 1}"
        raise refuse("control_character", f"contains the control character {where}", "remove it")
    if has_mark_run(text) or has_mark_run(normal := unicodedata.normalize("NFC", text)):  # NFC takes some marks apart
        raise refuse("marks", f"piles more than {MARK_RUN} combining marks on one character", "remove them")
    return normal


def has_mark_run(text: str) -> bool:
    """Whether more marks follow each other than any writing needs (UAX #15, Stream-Safe Text Format).

    Normalisation takes time in the square of such a run.
    """
    runs = (len(list(group)) for found in BEYOND_LATIN.findall(text) for is_mark, group in marks(found) if is_mark)
    return max(runs, default=0) > MARK_RUN


def marks(text: str) -> Iterator[tuple[bool, Iterator[str]]]:
    """Runs of characters that combine with the one before, and runs of others."""
    return groupby(text, key=lambda character: unicodedata.combining(character) > 0)


def one_line(value: str) -> str:
    text = normal_form(value)
    if "\n" in text or "\t" in text:
        raise refuse("line_break", "contains a line break or a tab", "write it on one line, with spaces")
    return text


def legible(value: str, info: ValidationInfo) -> str:
    """One line in which nothing hides: no invisible character, and one plain space where there is white space."""
    text = one_line(value)
    if info.context is KEPT:
        return text
    if text.isascii() and "  " not in text:  # the common case, kept fast
        return text
    if found := INVISIBLE.search(text):
        character = f"U+{ord(found[0]):04X} ({unicodedata.name(found[0], 'unassigned')})"
        message = f"contains the invisible character {character} at character {found.start() + 1}"
        raise refuse("invisible", message, "remove it")
    return " ".join(text.split())


def refuse_blank(value: str) -> str:
    if not value:
        raise refuse("blank", "is blank", "give it a value")
    return value


@dataclass(frozen=True)
class AtMost:
    """A length limit in characters, counted after normalisation."""

    limit: int

    def check(self, value: str) -> str:
        if len(value) > self.limit:
            raise refuse("too_long", f"has {len(value):,} characters", f"at most {self.limit:,} are allowed")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "maxLength": self.limit}


@dataclass(frozen=True)
class Shape:
    """What a regular expression can say of a text in normal form, for those who have only the JSON Schema.

    Every dialect reads it alike: no ``\\s``, which does not mean the same to all, and no look-around.
    """

    pattern: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self.pattern}


def name_key(name: str) -> str:
    """What makes two names the same, decided here because databases disagree: what can be seen, in any width and case.

    NFKC, case-folded, each run of white space one space, without invisible characters.
    """
    if name.isascii():  # the common case, kept fast
        return " ".join(name.lower().split())
    visible = unicodedata.normalize("NFKC", INVISIBLE.sub("", name))
    # Normalised twice, because folding the case can undo the normal form.
    return " ".join(unicodedata.normalize("NFKC", visible.casefold()).split())


def slug_of(name: str) -> str:
    """The slug of a name: its ASCII letters and digits, lower case, joined by hyphens; may be empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # Stripped once more at the end: the cut may fall behind a hyphen.
    return "-".join(re.findall(r"[a-z0-9]+", ascii_name.lower()))[:SLUG_LENGTH].strip("-")


def check_slug(value: str) -> str:
    if value and not SLUG.fullmatch(value):
        suggestion = slug_of(value)
        hint = f"try {suggestion!r}" if suggestion else "use small letters, digits and single hyphens"
        raise refuse("slug", f"{shortened(value)!r} is not a slug", hint)
    return value


def check_code(value: str) -> str:
    if value and not CODE.fullmatch(value):
        hint = "use 1 to 16 letters, digits, dots or hyphens"
        raise refuse("code", f"{shortened(value)!r} is not a code", hint)
    return value


def check_url(value: str) -> str:
    if value and not is_web_address(value):
        hint = "write a whole address that begins with https:// or http://"
        raise refuse("url", f"{shortened(value)!r} is not a web address", hint)
    return value


def is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what validates it
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(rf"[\s{NOT_IN_URLS}]", value)


def printable(text: str, *, keep: str = "") -> str:
    """A stranger's text where it is quoted: what a terminal would obey, or nobody could see, stands as its escape."""
    if text.isascii() and text.isprintable():  # the common case, kept fast
        return text
    return "".join(one if is_seen(one) or one in keep else one.encode("unicode_escape").decode() for one in text)


def is_seen(character: str) -> bool:
    return character.isprintable() and not INVISIBLE.match(character)


def shortened(value: str, limit: int = 60) -> str:
    """For messages: hostile input is long."""
    value = value.encode(errors="backslashreplace").decode()  # lone surrogates cannot be printed
    return value if len(value) <= limit else value[: limit - 1] + "…"


# The insides of character classes: control characters, with line breaks and without, and white space.
BREAK = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
CONTROL = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
SPACE = r" \t\n\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

ANY_LINES, SOME_LINES = Shape(f"^[^{CONTROL}]*$"), Shape(f"^[^{CONTROL}]*[^{CONTROL}{SPACE}][^{CONTROL}]*$")
ANY_LINE = Shape(f"^[^{BREAK}{HIDDEN}]*$")
SOME_LINE = Shape(f"^[^{BREAK}{HIDDEN}]*[^{BREAK}{HIDDEN}{SPACE}][^{BREAK}{HIDDEN}]*$")
ANY_SLUG, SOME_SLUG = Shape(f"^(?:{SLUG.pattern})?$"), Shape(f"^{SLUG.pattern}$")
ANY_CODE, SOME_CODE = Shape(f"^(?:{CODE.pattern})?$"), Shape(f"^{CODE.pattern}$")
ANY_URL = Shape(f"^(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#{SPACE}{NOT_IN_URLS}][^{SPACE}{NOT_IN_URLS}]*)?$")

NotBlank = AfterValidator(refuse_blank)
Line = Annotated[str, AfterValidator(legible), AtMost(200), ANY_LINE]
Label = Annotated[str, AfterValidator(legible), NotBlank, AtMost(200), SOME_LINE]
Name = Annotated[str, AfterValidator(legible), NotBlank, AtMost(120), SOME_LINE]
Text = Annotated[str, AfterValidator(normal_form), AtMost(1_000), ANY_LINES]
Sentence = Annotated[str, AfterValidator(normal_form), NotBlank, AtMost(1_000), SOME_LINES]
ShortText = Annotated[str, AfterValidator(normal_form), NotBlank, AtMost(4_000), SOME_LINES]
Evidence = Annotated[str, AfterValidator(legible), NotBlank, AtMost(1_000), SOME_LINE]
SourceText = Annotated[str, AfterValidator(source_form), NotBlank, AtMost(6_000), SOME_LINES]
LongText = Annotated[str, AfterValidator(normal_form), AtMost(20_000), ANY_LINES]
OptionalSlug = Annotated[str, AfterValidator(legible), AtMost(SLUG_LENGTH), AfterValidator(check_slug), ANY_SLUG]
OptionalCode = Annotated[str, AfterValidator(legible), AfterValidator(check_code), ANY_CODE]
Slug = Annotated[OptionalSlug, NotBlank, SOME_SLUG]
Code = Annotated[OptionalCode, NotBlank, SOME_CODE]
Url = Annotated[str, AfterValidator(one_line), AtMost(URL_LENGTH), AfterValidator(check_url), ANY_URL]
