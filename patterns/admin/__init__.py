"""The admin, where editors work: forms become documents, and documents go to the store. No row is written here."""

from django.contrib import admin

from patterns.admin.accounts import register_accounts
from patterns.admin.audit import audit_page, register_audit
from patterns.admin.category import CatalogAdmin, CategoryAdmin
from patterns.admin.changes import ChangeAdmin, RevisionAdmin
from patterns.admin.finding_list import findings_page
from patterns.admin.notifications import MailAdmin, notifications_page
from patterns.admin.pattern import PatternAdmin
from patterns.admin.proposals import ProposalAdmin
from patterns.admin.site import archsite_admin
from patterns.admin.working_copy import working_copy_page
from patterns.models import Catalog, Category, Change, Mail, Pattern, Proposal, Revision

register_accounts(admin.site)
register_audit(admin.site)
archsite_admin().register_page(audit_page, "audit")
archsite_admin().register_page(findings_page, "findings")
archsite_admin().register_page(notifications_page, "notifications")
archsite_admin().register_page(working_copy_page, "working_copy", "working-copy/<int:pk>/")
admin.site.register(Catalog, CatalogAdmin)
admin.site.register(Category, CategoryAdmin)
admin.site.register(Pattern, PatternAdmin)
admin.site.register(Proposal, ProposalAdmin)
admin.site.register(Change, ChangeAdmin)
admin.site.register(Revision, RevisionAdmin)
admin.site.register(Mail, MailAdmin)
