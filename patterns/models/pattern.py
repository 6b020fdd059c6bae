"""Patterns: the entries of the catalogue as rows, and the one gate between them and the public."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse

from patterns.document import vocabulary
from patterns.models.category import NAME_KEY_LENGTH, Category
from patterns.models.constraints import IN_CODE_ORDER, not_blank, one_of, within

if TYPE_CHECKING:
    from patterns.models.parts import Relation


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

    def for_cards(self) -> Self:
        """What a list shows of each, in one query."""
        fields = ("code", "slug", "name", "description", "kind")
        return self.select_related("category").only(
            *fields, *(f"category__{field}" for field in ("name", "slug", "position"))
        )


class Pattern(models.Model):
    class Kind(models.TextChoices):
        PATTERN = "pattern"
        STYLE = "style"

    class Status(models.TextChoices):
        DRAFT = "draft"
        REVIEW = "review"
        PUBLISHED = "published"
        RETIRED = "retired"

    code = models.CharField(max_length=16, unique=True, help_text='Its number for ever: text, so "01" keeps its zero.')
    slug = models.SlugField(max_length=100, unique=True, db_index=False, help_text="Its address below /patterns/.")
    name = models.CharField(max_length=120, help_text="Unique, whatever its case, width and spaces.")
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, unique=True, editable=False)
    description = models.TextField(max_length=1000, help_text="One sentence that says what it is.")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="patterns", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PATTERN)
    status = models.CharField(max_length=9, choices=Status, default=Status.PUBLISHED)
    replaced_by = models.CharField(
        max_length=16, blank=True, help_text="Code of the entry that readers of a retired one want."
    )
    aliases = models.JSONField(default=list, blank=True, help_text="Other names, as a JSON list.")
    problem = models.TextField(max_length=20_000, blank=True, help_text="What hurts without it. Markdown.")
    solution = models.TextField(max_length=20_000, blank=True, help_text="How it works. Markdown.")
    origin_who = models.CharField("who named it", max_length=120, blank=True)
    origin_year = models.PositiveSmallIntegerField("in the year", null=True, blank=True)
    origin_url = models.CharField("where", max_length=500, blank=True)
    imported = models.TextField(null=True, editable=False, help_text="What the last imported file said of it.")  # noqa: DJ001
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
            *not_blank("pattern", "code", "slug", "name", "name_key", "description"),
            *within("pattern", code=16, slug=100, name=120, description=1000, problem=20_000, solution=20_000),
            *one_of("pattern", kind=vocabulary.KINDS, status=vocabulary.STATUSES),
            models.CheckConstraint(condition=~models.Q(replaced_by=models.F("code")), name="pattern_not_its_successor"),
        ]
        indexes = [
            # Public lists, in code order.
            models.Index(models.F("status"), *IN_CODE_ORDER, name="pattern_status_code"),
            # What changed lately.
            models.Index(fields=["status", "-updated_at"], name="pattern_status_updated"),
            # One category's page.
            models.Index(fields=["category", "status"], name="pattern_category_status"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("patterns:pattern", args=[self.slug])


class FormerSlug(models.Model):
    """A slug that an entry had in public; its address redirects to the present one."""

    slug = models.SlugField(max_length=100, unique=True, db_index=False)
    pattern = models.ForeignKey(Pattern, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = not_blank("former_slug", "slug")

    def __str__(self) -> str:
        return self.slug
