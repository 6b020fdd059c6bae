"""Categories: the shelves of the catalogue."""

from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from patterns.models.constraints import not_blank, within

NAME_KEY_LENGTH = 120 * 18  # of one character of a name, NFKC makes up to 18


HUES = 12  # classes hue-0 … hue-11 of tokens.css


def hue(position: int) -> str:
    """The CSS class with the colour of the category at a position."""
    return f"hue-{position % HUES}"


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def with_published_count(self) -> Self:
        """Each with ``published_count``, the entries that readers see in it."""
        return self.annotate(published_count=Count("patterns", filter=Q(patterns__status="published")))

    def shown(self) -> Self:
        """The categories that readers see: those with something in them, in order."""
        return self.with_published_count().filter(published_count__gt=0).in_order()


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
            *not_blank("category", "name", "name_key", "slug"),
            *within("category", name=120, slug=100, description=1000),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("patterns:category", args=[self.slug])
