"""What categories were known by before."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef

from patterns.models.constraints import not_blank_in, within
from patterns.models.pattern import Category


class FormerCategoryQuerySet(models.QuerySet["FormerCategory"]):
    def leading(self) -> Self:
        """Those whose address leads on: a category that lives there again comes first."""
        return self.exclude(Exists(Category.objects.filter(slug=OuterRef("slug"))))


class FormerCategory(models.Model):
    """A slug that a category had: its address redirects to the present one, and files that name it mean that one.

    One with a name was a category by itself, and is merged into the present one. ``row`` was its primary key, which
    forms that were opened before still send.
    """

    slug = models.SlugField(max_length=100, unique=True, db_index=False)
    name = models.CharField(max_length=120, blank=True)
    row = models.PositiveBigIntegerField(null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="former")

    objects = FormerCategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "former categories"
        default_permissions = ()  # it follows from what is done to categories
        constraints = [
            *not_blank_in("former_category", "slug"),
            *within("former_category", slug=100, name=120),
        ]

    def __str__(self) -> str:
        return self.slug
