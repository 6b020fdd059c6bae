"""How the widgets of a form are drawn.

The form of an entry has more than four hundred of them, and drawn by Django's own templates they are half of what the
page costs; Django brings the same templates for Jinja2, which draws them at half the cost.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates, Jinja2
from django.template import TemplateDoesNotExist


class FormRenderer(Jinja2):
    """Django's widgets by Jinja2; those that exist for its own templates only, as the admin's do, by these."""

    others = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self.others.get_template(template_name)
