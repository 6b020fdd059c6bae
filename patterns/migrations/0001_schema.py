"""All tables but the search index. 0002_search was there before it, and keeps its name: so it replaces nothing."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import patterns.models.constraints


class Migration(migrations.Migration):
    replaces = [
        ("patterns", "0001_initial"),
        ("patterns", "0003_proposals"),
        ("patterns", "0004_proposal_part"),
        ("patterns", "0005_pending_decisions"),
        ("patterns", "0006_pending_choices"),
        ("patterns", "0007_name_keys"),
        ("patterns", "0008_xlsx_uploads"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Catalog",
            fields=[
                (
                    "id",
                    models.CharField(
                        help_text="Random; names this database in exports.",
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True, max_length=1000)),
                ("keywords", models.JSONField(blank=True, default=list)),
                ("version", models.PositiveBigIntegerField(default=0, help_text="Number of the last change.")),
                ("token", models.CharField(blank=True, help_text="Token of the last change.", max_length=8)),
                ("imported", models.TextField(default="{}", help_text="What the last imported file said of it.")),
            ],
            options={
                "verbose_name": "catalogue header",
                "verbose_name_plural": "catalogue header",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", ""), _negated=True), name="catalog_id_not_blank"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("title"), models.Value(200)
                        ),
                        name="catalog_title_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("description"), models.Value(1000)
                        ),
                        name="catalog_description_fits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("name_key", models.CharField(editable=False, max_length=2160, unique=True)),
                ("slug", models.SlugField(db_index=False, max_length=100, unique=True)),
                ("description", models.TextField(blank=True, max_length=1000)),
                ("position", models.PositiveIntegerField(default=0, help_text="Smaller comes first.")),
                (
                    "imported",
                    models.TextField(editable=False, help_text="What the last imported file said of it.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="category_name_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name_key", ""), _negated=True), name="category_name_key_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="category_slug_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("name"), models.Value(120)
                        ),
                        name="category_name_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("slug"), models.Value(100)
                        ),
                        name="category_slug_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("description"), models.Value(1000)
                        ),
                        name="category_description_fits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                (
                    "token",
                    models.CharField(
                        help_text="Random; tells it from the change with the same number in a copy of this database.",
                        max_length=8,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("admin", "Admin"),
                            ("import", "Import"),
                            ("restore", "Restore"),
                            ("proposal", "Proposal"),
                            ("setup", "Setup"),
                        ],
                        max_length=16,
                    ),
                ),
                ("comment", models.TextField(blank=True, help_text="What and why; never public.")),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "is_override",
                    models.BooleanField(default=False, help_text="A superuser's, against the rule of four eyes."),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("admin", "import", "restore", "proposal", "setup"))),
                        name="change_origin_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, unique=True)),
                ("slug", models.SlugField(db_index=False, max_length=100, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("name_key", models.CharField(editable=False, max_length=2160, unique=True)),
                ("description", models.TextField(max_length=1000)),
                (
                    "kind",
                    models.CharField(
                        choices=[("pattern", "Pattern"), ("style", "Style")], default="pattern", max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "Review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="published",
                        max_length=9,
                    ),
                ),
                ("replaced_by", models.CharField(blank=True, max_length=16)),
                ("aliases", models.JSONField(blank=True, default=list)),
                ("problem", models.TextField(blank=True, max_length=20000)),
                ("solution", models.TextField(blank=True, max_length=20000)),
                ("origin_who", models.CharField(blank=True, max_length=120, verbose_name="who named it")),
                ("origin_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="in the year")),
                ("origin_url", models.CharField(blank=True, max_length=500, verbose_name="where")),
                (
                    "imported",
                    models.TextField(editable=False, help_text="What the last imported file said of it.", null=True),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                (
                    "published_at",
                    models.DateTimeField(editable=False, help_text="When readers first saw it.", null=True),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patterns",
                        to="patterns.category",
                    ),
                ),
            ],
            options={
                "ordering": (
                    models.OrderBy(django.db.models.functions.text.Length("code")),
                    models.OrderBy(patterns.models.constraints.ByteOrder("code")),
                ),
                "permissions": [
                    ("import_pattern", "Can import patterns"),
                    ("export_pattern", "Can export patterns"),
                    ("publish_pattern", "Can publish, retire, restore and rename patterns"),
                ],
                "indexes": [
                    models.Index(
                        models.F("status"),
                        models.OrderBy(django.db.models.functions.text.Length("code")),
                        models.OrderBy(patterns.models.constraints.ByteOrder("code")),
                        name="pattern_status_code",
                    ),
                    models.Index(fields=["status", "-updated_at"], name="pattern_status_updated"),
                    models.Index(fields=["category", "status"], name="pattern_category_status"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="pattern_code_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="pattern_slug_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="pattern_name_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name_key", ""), _negated=True), name="pattern_name_key_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("description", ""), _negated=True), name="pattern_description_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("code"), models.Value(16)
                        ),
                        name="pattern_code_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("slug"), models.Value(100)
                        ),
                        name="pattern_slug_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("name"), models.Value(120)
                        ),
                        name="pattern_name_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("description"), models.Value(1000)
                        ),
                        name="pattern_description_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("problem"), models.Value(20000)
                        ),
                        name="pattern_problem_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("solution"), models.Value(20000)
                        ),
                        name="pattern_solution_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("pattern", "style"))), name="pattern_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("draft", "review", "published", "retired"))),
                        name="pattern_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replaced_by", models.F("code")), _negated=True),
                        name="pattern_not_its_successor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownAs",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("catalog", models.CharField(max_length=200, verbose_name="catalogue")),
                ("name", models.CharField(max_length=200)),
                ("category", models.CharField(blank=True, max_length=200)),
                ("url", models.CharField(blank=True, max_length=500)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="known_as", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "verbose_name": "name elsewhere",
                "verbose_name_plural": "names elsewhere",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("catalog", ""), _negated=True), name="known_as_catalog_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="known_as_name_not_blank"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(db_index=False, max_length=100, unique=True)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_slugs", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="former_slug_slug_not_blank"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "quality",
                    models.CharField(
                        choices=[
                            ("availability", "Availability"),
                            ("latency", "Latency"),
                            ("throughput", "Throughput"),
                            ("consistency", "Consistency"),
                            ("durability", "Durability"),
                            ("scalability", "Scalability"),
                            ("evolvability", "Evolvability"),
                            ("interoperability", "Interoperability"),
                            ("operability", "Operability"),
                            ("security", "Security"),
                            ("cost", "Cost"),
                            ("testability", "Testability"),
                        ],
                        max_length=16,
                    ),
                ),
                ("sign", models.CharField(choices=[("gain", "Gain"), ("cost", "Cost")], max_length=4)),
                ("text", models.TextField(max_length=1000)),
                ("evidence", models.TextField(blank=True, max_length=1000)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consequences", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["quality", "sign", "pattern"], name="consequence_quality_sign")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="consequence_text_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("text"), models.Value(1000)
                        ),
                        name="consequence_text_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("evidence"), models.Value(1000)
                        ),
                        name="consequence_evidence_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quality__in",
                                (
                                    "availability",
                                    "latency",
                                    "throughput",
                                    "consistency",
                                    "durability",
                                    "scalability",
                                    "evolvability",
                                    "interoperability",
                                    "operability",
                                    "security",
                                    "cost",
                                    "testability",
                                ),
                            )
                        ),
                        name="consequence_quality_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sign__in", ("gain", "cost"))), name="consequence_sign_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Applicability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("verdict", models.CharField(choices=[("use", "Use"), ("avoid", "Avoid")], max_length=5)),
                ("text", models.TextField(help_text="One condition that can be checked.", max_length=1000)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="applicability", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "verbose_name": "condition",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="applicability_text_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("text"), models.Value(1000)
                        ),
                        name="applicability_text_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ("use", "avoid"))), name="applicability_verdict_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingImport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("file_name", models.CharField(max_length=200)),
                ("format", models.CharField(max_length=4)),
                ("file", models.BinaryField(help_text="The bytes that were previewed; emptied once used.")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "catalog_version",
                    models.PositiveBigIntegerField(help_text="The version that the previewed plan is for."),
                ),
                (
                    "resolution",
                    models.CharField(
                        default="fail", help_text="How the previewed plan decides conflicts.", max_length=4
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decisions",
                    models.JSONField(
                        blank=True, default=dict, help_text="How it decides single conflicts, by their marks."
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        default="yes", help_text="How much the user's role could carry out of it.", max_length=8
                    ),
                ),
                ("edition", models.PositiveIntegerField(default=1)),
                ("comment", models.TextField(blank=True, help_text="What and why, as far as it is typed.")),
                (
                    "restore",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Codes of the entries that are to say what the file says, or all.",
                    ),
                ),
                (
                    "retire",
                    models.BooleanField(default=False, help_text="Whether what the file leaves out is retired."),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="pending_import_expiry")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256", ""), _negated=True), name="pending_import_sha256_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("resolution__in", ("fail", "keep", "take"))),
                        name="pending_import_resolution_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ("toml", "json", "csv", "xlsx"))),
                        name="pending_import_format_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("title", models.CharField(max_length=200)),
                ("author", models.CharField(blank=True, max_length=200)),
                ("publication", models.CharField(blank=True, max_length=200)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("primary", models.BooleanField(default=False)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="references", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="reference_title_not_blank"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("requires", "Requires"),
                            ("uses", "Uses"),
                            ("leads to", "Leads to"),
                            ("weakened by", "Weakened by"),
                            ("variant of", "Variant of"),
                            ("complements", "Complements"),
                            ("alternative to", "Alternative to"),
                            ("often confused with", "Often confused with"),
                        ],
                        max_length=20,
                    ),
                ),
                ("target", models.CharField(max_length=16)),
                ("why", models.TextField(blank=True, max_length=1000)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="patterns.pattern",
                        to_field="code",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["target"], name="relation_target")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target", ""), _negated=True), name="relation_target_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("target"), models.Value(16)
                        ),
                        name="relation_target_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("why"), models.Value(1000)
                        ),
                        name="relation_why_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                (
                                    "requires",
                                    "uses",
                                    "leads to",
                                    "weakened by",
                                    "variant of",
                                    "complements",
                                    "alternative to",
                                    "often confused with",
                                ),
                            )
                        ),
                        name="relation_type_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target", models.F("source")), _negated=True), name="relation_to_another"
                    ),
                    models.UniqueConstraint(fields=("source", "type", "target"), name="relation_stated_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("header", "Header"), ("category", "Category"), ("entry", "Entry")], max_length=8
                    ),
                ),
                (
                    "identity",
                    models.CharField(
                        blank=True, help_text="Code of the entry or slug of the category.", max_length=100
                    ),
                ),
                ("document", models.JSONField(blank=True, null=True)),
                (
                    "fingerprint",
                    models.CharField(blank=True, help_text="sha256 of the document's canonical TOML.", max_length=64),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="patterns.change"
                    ),
                ),
                (
                    "pattern",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="revisions",
                        to="patterns.pattern",
                    ),
                ),
            ],
            options={
                "ordering": ["-change_id", "what", "identity"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ("header", "category", "entry"))), name="revision_what_is_known"
                    ),
                    models.UniqueConstraint(fields=("what", "identity", "change"), name="revision_once_per_change"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("sender", models.CharField(max_length=200)),
                ("receiver", models.CharField(max_length=200)),
                ("message", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("reply", "Reply"),
                            ("event", "Event"),
                            ("store", "Store"),
                            ("fail", "Fail"),
                        ],
                        default="call",
                        max_length=5,
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="patterns.pattern"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sender", ""), _negated=True), name="step_sender_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receiver", ""), _negated=True), name="step_receiver_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("message", ""), _negated=True), name="step_message_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("call", "reply", "event", "store", "fail"))),
                        name="step_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="Code of the entry.", max_length=16)),
                (
                    "document",
                    models.JSONField(blank=True, help_text="The entry as proposed; none if a reader wrote.", null=True),
                ),
                ("base", models.JSONField(blank=True, help_text="The entry as the author saw it.", null=True)),
                ("reader", models.CharField(blank=True, help_text="The name that a reader gave.", max_length=120)),
                (
                    "sender",
                    models.CharField(
                        blank=True, editable=False, help_text="Keyed hash of a reader's address.", max_length=64
                    ),
                ),
                ("comment", models.TextField(blank=True, help_text="What and why.", max_length=4000)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("declined", "Declined")],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "decision",
                    models.TextField(blank=True, help_text="Why it was accepted or declined.", max_length=1000),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="patterns.change",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="Key of the entry that a reader writes about.", max_length=16
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "-created_at"], name="proposal_queue"),
                    models.Index(fields=["code", "state"], name="proposal_of_entry"),
                    models.Index(fields=["sender", "created_at"], name="proposal_sender"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="proposal_code_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "accepted", "declined"))),
                        name="proposal_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("comment"), models.Value(4000)
                        ),
                        name="proposal_comment_fits",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("decision"), models.Value(1000)
                        ),
                        name="proposal_decision_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("document__isnull", False), models.Q(("comment", ""), _negated=True), _connector="OR"
                        ),
                        name="proposal_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_when_decided",
                    ),
                ],
            },
        ),
    ]
