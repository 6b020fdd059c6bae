"""The parts of a pattern: rows that belong to it, in the order in which its document lists them."""

from django.db import models
from django.db.models import F, Q

from patterns.document import vocabulary
from patterns.models.constraints import not_blank, one_of, within, words
from patterns.models.pattern import Pattern


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
            *not_blank("applicability", "text"),
            *within("applicability", text=1000),
            *one_of("applicability", verdict=vocabulary.VERDICTS),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.text}"


class Consequence(Part):
    pattern = part_of_pattern("consequences")
    quality = models.CharField(max_length=16, choices=words(vocabulary.QUALITIES))
    sign = models.CharField(max_length=4, choices=words(vocabulary.SIGNS))
    text = models.TextField(max_length=1000, help_text="One sentence.")
    evidence = models.TextField(max_length=1000, blank=True, help_text="Who says so, or where it was measured.")

    class Meta(Part.Meta):
        constraints = [
            *not_blank("consequence", "text"),
            *within("consequence", text=1000, evidence=1000),
            *one_of("consequence", quality=vocabulary.QUALITIES, sign=vocabulary.SIGNS),
        ]
        # Facets: which entries gain or pay a quality.
        indexes = [models.Index(fields=["quality", "sign", "pattern"], name="consequence_quality_sign")]

    def __str__(self) -> str:
        return f"{self.sign} in {self.quality}"


class Relation(models.Model):
    """A typed relation, kept by the entry that states it; the target is a code, and the inverse is derived."""

    source = models.ForeignKey(Pattern, on_delete=models.CASCADE, to_field="code", related_name="relations")
    type = models.CharField(max_length=20, choices=words(vocabulary.RELATION_TYPES))
    target = models.CharField(max_length=16, help_text="Code of the other entry.")
    why = models.TextField(max_length=1000, blank=True, help_text="One sentence; shown on both pages.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            *not_blank("relation", "target"),
            *within("relation", target=16, why=1000),
            *one_of("relation", type=vocabulary.RELATION_TYPES),
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
    kind = models.CharField(max_length=5, choices=words(vocabulary.STEP_KINDS), default="call")
    note = models.TextField(max_length=1000, blank=True)

    class Meta(Part.Meta):
        constraints = [*not_blank("step", "sender", "receiver", "message"), *one_of("step", kind=vocabulary.STEP_KINDS)]

    def __str__(self) -> str:
        return f"{self.sender} → {self.receiver}: {self.message}"


class Reference(Part):
    pattern = part_of_pattern("references")
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    publication = models.CharField(max_length=200, blank=True, help_text="Journal, publisher or site.")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True)
    primary = models.BooleanField(default=False, help_text="Written by who named or first described it.")

    class Meta(Part.Meta):
        constraints = not_blank("reference", "title")

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
        constraints = not_blank("known_as", "catalog", "name")

    def __str__(self) -> str:
        return f"{self.catalog}: {self.name}"
