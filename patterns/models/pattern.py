"""Entries and their categories as rows, and the one gate between them and the public.

What a column means is said by the register of the document, and so is the help beside its field in the admin.
"""

from functools import lru_cache
from typing import Self

from django.db import models
from django.db.models import Exists, Expression, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Left, Length
from django.urls import reverse

from patterns.document import vocabulary
from patterns.document.text import shortened
from patterns.models.compression import CompressedTextField
from patterns.models.constraints import IN_CODE_ORDER, ByteOrder, known_words, not_blank_in, within, words
from patterns.models.joined import joined

# Categories: the shelves of the catalogue.


@lru_cache(maxsize=4_000)
def page_path(name: str, *args: str) -> str:
    """The path of a public page. A list shows more of them than Django finds in the time that the rest takes."""
    return reverse(f"patterns:{name}", args=args)


PROBLEM_START = 400  # characters, with the first sentence among them
NAME_KEY_LENGTH = 120 * 18  # of one character of a name, NFKC makes up to 18
HUES = 12  # classes hue-0 … hue-11 of tokens.css


def hue(position: int) -> str:
    """The CSS class with the colour of the category at a position."""
    return f"hue-{position % HUES}"


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def shown(self) -> Self:
        """The categories that readers see, in order: each with ``published_count``, the entries that they see in it."""
        # The counts that are kept: those that have none have nothing in them.
        return self.filter(facet_counts__sign="").annotate(published_count=Sum("facet_counts__count")).in_order()


class Category(models.Model):
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, unique=True, editable=False)
    slug = models.SlugField(max_length=100, unique=True, db_index=False)
    description = models.TextField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="Smaller comes first.")
    imported = models.TextField(null=True, editable=False, help_text="What the last imported file said of it.")  # noqa: DJ001

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "categories"
        constraints = [
            *not_blank_in("category", "name", "name_key", "slug"),
            *within("category", name=120, slug=100, description=1000),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_path("category", self.slug)


class PatternQuerySet(models.QuerySet["Pattern"]):
    def published(self) -> Self:
        """What the public may see. Every public page, feed and download starts here."""
        return self.filter(status=Pattern.Status.PUBLISHED)

    def once_published(self) -> Self:
        """Retired entries that readers knew: their addresses answer 410 and name the successor."""
        return self.filter(status=Pattern.Status.RETIRED, published_at__isnull=False)

    def in_category(self, category: Category) -> Self:
        return self.filter(category=category)

    def in_code_order(self) -> Self:
        """By length of the code, then by its bytes; the same on every database."""
        return self.order_by(*IN_CODE_ORDER)

    # Code order as ranges of its index, to be read one after the other: a page of a list then costs the same wherever
    # it begins, which one condition on length and bytes together would not give.

    def behind(self, code: str | Expression) -> tuple[Self, ...]:
        """Those that follow a code, nearest first: of its length, then longer ones. All of them behind no code."""
        if not code:
            return (self.in_code_order(),)
        ranged, length = self.alias(code_length=Length("code"), code_bytes=ByteOrder("code")), length_of(code)
        alike = ranged.filter(code_length=length, code_bytes__gt=code).order_by(ByteOrder("code").asc())
        return alike, ranged.filter(code_length__gt=length).in_code_order()

    def before(self, code: str | Expression) -> tuple[Self, ...]:
        """Those that a code follows, nearest first: of its length, then shorter ones."""
        ranged, length = self.alias(code_length=Length("code"), code_bytes=ByteOrder("code")), length_of(code)
        alike = ranged.filter(code_length=length, code_bytes__lt=code).order_by(ByteOrder("code").desc())
        return alike, ranged.filter(code_length__lt=length).in_code_order().reverse()

    def for_links(self) -> Self:
        """What a link to each shows, in one query."""
        fields = ("code", "slug", "name", "description", "kind")
        return self.select_related("category").only(
            *fields, *(f"category__{field}" for field in ("name", "slug", "position"))
        )

    def for_cards(self) -> Self:
        """What a card shows of each, in one query: ``problem_start`` and, as ``joined`` has them, two lists.

        ``qualities`` are signs and qualities of its consequences, ``former`` are slugs that it had.
        """
        consequences = Consequence.objects.filter(pattern=OuterRef("pk"))
        former = FormerSlug.objects.filter(pattern=OuterRef("pk"))
        return self.for_links().annotate(
            problem_start=Left("problem", PROBLEM_START),
            qualities=joined(consequences, "pattern", "sign", "quality"),
            former=joined(former, "pattern", "slug"),
        )


def length_of(code: str | Expression) -> Expression:
    return Length(code if isinstance(code, Expression) else Value(code))


class Pattern(models.Model):
    class Kind(models.TextChoices):
        PATTERN = "pattern"
        STYLE = "style"

    class Concern(models.TextChoices):
        DATA = "data"
        CALLS = "calls"
        CHANGE = "change"
        LOAD = "load"
        PEOPLE = "people"

    class Status(models.TextChoices):
        DRAFT = "draft"
        REVIEW = "review"
        PUBLISHED = "published"
        RETIRED = "retired"

    code = models.CharField(max_length=16, unique=True)
    slug = models.SlugField(max_length=100, unique=True, db_index=False)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, unique=True, editable=False)
    description = models.TextField(max_length=1000)
    # The indexes that begin with the category serve this column too.
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="patterns", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PATTERN)
    status = models.CharField(max_length=9, choices=Status, default=Status.PUBLISHED)
    # A code, as the document has it: that there is such an entry is checked between documents.
    replaced_by = models.CharField(max_length=16, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    concern = models.CharField(max_length=6, choices=Concern, blank=True)
    problem = models.TextField(max_length=20_000, blank=True)
    solution = models.TextField(max_length=20_000, blank=True)
    origin_who = models.CharField("who named it", max_length=120, blank=True)
    origin_year = models.PositiveSmallIntegerField("in the year", null=True, blank=True)
    origin_url = models.CharField("where", max_length=500, blank=True)
    # Null means that no file ever stated the entry, which an empty statement does not.
    imported = CompressedTextField(null=True, editable=False, help_text="What the last imported file said of it.")
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, editable=False, help_text="When readers first saw it.")

    objects = PatternQuerySet.as_manager()

    relations: "models.Manager[Relation]"

    class Meta:
        ordering = IN_CODE_ORDER
        permissions = [
            ("import_pattern", "Can import patterns"),
            ("export_pattern", "Can export patterns"),
            ("publish_pattern", "Can publish, retire, restore and rename patterns"),
        ]
        constraints = [
            *not_blank_in("pattern", "code", "slug", "name", "name_key", "description"),
            *within("pattern", code=16, slug=100, name=120, description=1000, problem=20_000, solution=20_000),
            *known_words(
                "pattern", kind=vocabulary.KINDS, status=vocabulary.STATUSES, concern=("", *vocabulary.CONCERNS)
            ),
            models.CheckConstraint(condition=~models.Q(replaced_by=models.F("code")), name="pattern_not_its_successor"),
        ]
        indexes = [
            # The status stands behind what lists are ordered by: in front of it, SQLite would look for a handful of
            # entries by reading all that are published.
            models.Index(*IN_CODE_ORDER, models.F("status"), name="pattern_in_code_order"),
            # The symptoms of one concern.
            models.Index(models.F("concern"), *IN_CODE_ORDER, models.F("status"), name="pattern_in_concern"),
            # What changed lately; of many that changed together, too.
            models.Index(models.F("updated_at").desc(), models.F("id"), models.F("status"), name="pattern_changed"),
            # One category's page, and its feed.
            models.Index(models.F("category"), *IN_CODE_ORDER, models.F("status"), name="pattern_in_category"),
            models.Index(fields=["category", "-updated_at", "status"], name="pattern_category_changed"),
            # What waits in the admin, of which there is little. Only with the state in it SQLite counts along it.
            *(
                models.Index(fields=["updated_at", "status"], name=f"pattern_{state}", condition=models.Q(status=state))
                for state in ("draft", "review", "retired")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_path("pattern", self.slug)


class FormerSlug(models.Model):
    """A slug that an entry had in public; its address redirects to the present one."""

    slug = models.SlugField(max_length=100, unique=True, db_index=False)
    pattern = models.ForeignKey(Pattern, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = not_blank_in("former_slug", "slug")

    def __str__(self) -> str:
        return self.slug


class ShortSlug(models.Model):
    """A word that leads to an entry where no slug does: the slug of an alias, or of its name without "Pattern".

    Several entries may have one, and then it leads to none of them.
    """

    slug = models.SlugField(max_length=100, db_index=False)
    pattern = models.ForeignKey(Pattern, on_delete=models.CASCADE, related_name="short_slugs")

    class Meta:
        constraints = [
            *not_blank_in("short_slug", "slug"),
            # Serves "who has this word" as well as uniqueness.
            models.UniqueConstraint(fields=["slug", "pattern"], name="short_slug_once"),
        ]

    def __str__(self) -> str:
        return self.slug


# The parts of a pattern: rows that belong to it, in the order in which its document lists them.


def part_of_pattern(related_name: str) -> "models.ForeignKey[Pattern, Pattern]":
    return models.ForeignKey(Pattern, on_delete=models.CASCADE, related_name=related_name)


class Part(models.Model):
    """``position`` counts from 0 within the pattern and the list."""

    position = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Applicability(Part):
    class Verdict(models.TextChoices):
        USE = "use"
        AVOID = "avoid"

    pattern = part_of_pattern("applicability")
    verdict = models.CharField(max_length=5, choices=Verdict)
    text = models.TextField(max_length=1000, help_text="One condition that can be checked.")

    class Meta(Part.Meta):
        verbose_name = "condition"
        constraints = [
            *not_blank_in("applicability", "text"),
            *within("applicability", text=1000),
            *known_words("applicability", verdict=vocabulary.VERDICTS),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.text}"


class ListedText(Part):
    """One text of a plain list."""

    text = models.TextField(max_length=1000)

    class Meta(Part.Meta):
        abstract = True

    def __str__(self) -> str:
        return shortened(self.text)


class Symptom(ListedText):
    pattern = part_of_pattern("symptoms")

    class Meta(ListedText.Meta):
        constraints = [*not_blank_in("symptom", "text"), *within("symptom", text=1000)]


class Check(ListedText):
    pattern = part_of_pattern("checks")

    class Meta(ListedText.Meta):
        verbose_name = "proof"
        constraints = [*not_blank_in("check", "text"), *within("check", text=1000)]


class Signal(ListedText):
    pattern = part_of_pattern("signals")

    class Meta(ListedText.Meta):
        constraints = [*not_blank_in("signal", "text"), *within("signal", text=1000)]


class Variant(Part):
    pattern = part_of_pattern("variants")
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=4_000)

    class Meta(Part.Meta):
        constraints = [*not_blank_in("variant", "name", "text"), *within("variant", name=120, text=4_000)]

    def __str__(self) -> str:
        return self.name


class Consequence(Part):
    pattern = part_of_pattern("consequences")
    quality = models.CharField(max_length=16, choices=words(vocabulary.QUALITIES))
    sign = models.CharField(max_length=4, choices=words(vocabulary.SIGNS))
    text = models.TextField(max_length=1000)
    evidence = models.TextField(max_length=1000, blank=True)  # one on each line

    class Meta(Part.Meta):
        constraints = [
            *not_blank_in("consequence", "text"),
            *within("consequence", text=1000, evidence=1000),
            *known_words("consequence", quality=vocabulary.QUALITIES, sign=vocabulary.SIGNS),
        ]
        # Facets: which entries gain or pay a quality.
        indexes = [models.Index(fields=["quality", "sign", "pattern"], name="consequence_quality_sign")]

    def __str__(self) -> str:
        return f"{self.sign} in {self.quality}"


class RelationQuerySet(models.QuerySet["Relation"]):
    def public(self) -> Self:
        """Those that published entries state."""
        # Asked for each of them: for IN, SQLite first makes a list of all entries that are published.
        return self.filter(Exists(Pattern.objects.published().filter(code=OuterRef("source"))))


class Relation(models.Model):
    """A typed relation, kept by the entry that states it; the target is a code, and the inverse is derived."""

    source = models.ForeignKey(Pattern, on_delete=models.CASCADE, to_field="code", related_name="relations")
    type = models.CharField(max_length=20, choices=words(vocabulary.RELATION_TYPES))
    target = models.CharField(max_length=16)
    why = models.TextField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = RelationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            *not_blank_in("relation", "target"),
            *within("relation", target=16, why=1000),
            *known_words("relation", type=vocabulary.RELATION_TYPES),
            models.CheckConstraint(condition=~Q(target=F("source")), name="relation_to_another"),
            models.UniqueConstraint(fields=["source", "type", "target"], name="relation_stated_once"),
        ]
        # The page at the other end.
        indexes = [models.Index(fields=["target"], name="relation_target")]

    def __str__(self) -> str:
        return f"{self.type} {self.target}"


class Step(Part):
    pattern = part_of_pattern("steps")
    sender = models.CharField(max_length=200)
    receiver = models.CharField(max_length=200)
    message = models.CharField(max_length=200)
    kind = models.CharField(max_length=7, choices=words(vocabulary.STEP_KINDS), default="call")
    note = models.TextField(max_length=1000, blank=True)
    variant = models.CharField(max_length=200, blank=True)

    class Meta(Part.Meta):
        constraints = [
            *not_blank_in("step", "sender", "receiver", "message"),
            *known_words("step", kind=vocabulary.STEP_KINDS),
        ]

    def __str__(self) -> str:
        return f"{self.sender} → {self.receiver}: {self.message}"


class Example(Part):
    pattern = part_of_pattern("examples")
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=200)
    code = models.TextField(max_length=6_000)
    note = models.TextField(max_length=1000, blank=True)

    class Meta(Part.Meta):
        constraints = [*not_blank_in("example", "title", "language", "code"), *within("example", code=6_000)]

    def __str__(self) -> str:
        return self.title


class KnownUse(Part):
    pattern = part_of_pattern("known_uses")
    who = models.CharField(max_length=200)
    what = models.TextField(max_length=1000)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        constraints = [*not_blank_in("known_use", "who", "what"), *within("known_use", what=1000)]

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"


class Reference(Part):
    pattern = part_of_pattern("references")
    key = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    publication = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True)
    primary = models.BooleanField(default=False)

    class Meta(Part.Meta):
        constraints = not_blank_in("reference", "title")

    def __str__(self) -> str:
        return self.title


class KnownAs(Part):
    pattern = part_of_pattern("known_as")
    catalog = models.CharField("catalogue", max_length=200)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = "name elsewhere"
        verbose_name_plural = "names elsewhere"
        constraints = not_blank_in("known_as", "catalog", "name")

    def __str__(self) -> str:
        return f"{self.catalog}: {self.name}"
