"""``sync_git``: editors and branches meet in a real repository, with a bare one and two clones."""

import shutil
import subprocess
from itertools import count
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from patterns.document.text import slug_of
from patterns.files.clone import Clone as TheClone
from patterns.models import Catalog, Category, Change, Pattern
from patterns.store.reading import load_document
from patterns.store.shelves import rename_category
from patterns.store.writing import fingerprint_of
from patterns.tests.commands.terminal import edited, refused, refused_by, said, without
from patterns.tests.commands.test_git import ENVIRONMENT, GIT, Clone, Repository
from patterns.tests.factories import authorship, change_pattern

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(GIT is None, reason="git is not installed")]


@pytest.fixture
def repository(tmp_path: Path, imported: Path) -> Repository:
    """Two entries, exported and pushed."""
    bare = ["init", "--quiet", "--bare", "--initial-branch", "main", "origin.git"]
    subprocess.run([str(GIT), *bare], cwd=tmp_path, env=ENVIRONMENT, check=True)
    found = Repository(tmp_path, (), Clone(tmp_path / "main"))
    found.clone("main").run("switch", "--quiet", "--create", "main")
    said("export_toml", found.main.file)
    found.main.commit("Export")
    found.main.git("push", "--quiet", "--set-upstream", "origin", "main")
    return found


def pushed(repository: Repository, name: str, old: str, new: str) -> Clone:
    """Somebody with a clone of their own edits the file on main, and pushes."""
    clone = repository.clone(name)
    edited(clone.file, old, new)
    clone.commit(f"Edit of {name}")
    clone.git("push", "--quiet", "origin", "HEAD:main")
    return clone


def edit(code: str, author: User | None = None, comment: str = "", reason: str = "", **values: object) -> None:
    by = authorship(author=author, comment=comment, public_reason=reason)
    change_pattern(Pattern.objects.get(code=code), by=by, **values)


def sync(repository: Repository, *options: str) -> str:
    return said("sync_git", repository.main.folder, *options)


def subjects(clone: Clone, *where: str) -> list[str]:
    return clone.git("log", "--no-merges", "--reverse", "--format=%s", *where).splitlines()


def test_what_editors_and_a_branch_changed_arrives_on_both_sides(repository: Repository):
    edit("02", description="Said by an editor.")
    pushed(repository, "ann", "It hurts.", "It hurts a lot.")

    sync(repository, "--push")

    assert Pattern.objects.get(code="01").problem == "It hurts a lot."
    text = repository.clone("later").file.read_text()
    assert "It hurts a lot." in text
    assert "Said by an editor." in text
    said("export_toml", repository.main.file, check=True)


def test_each_change_is_one_commit_with_its_author_and_reason(repository: Repository):
    ann = User.objects.create_user("ann", email="ann@example.org", first_name="Ann", last_name="<Lee>")
    edit("01", ann, comment="Sharper\n\nAs agreed.", reason="It was vague.", problem="It hurts often.")
    edit("02", description="Shorter.")

    sync(repository)

    log = repository.main.git("log", "-2", "--reverse", "--format=%an <%ae>%n%aI%n%B")
    first, second = [*Change.objects.order_by("number")][-2:]
    assert log.startswith("Ann Lee <ann@example.org>\n")
    assert "Sharper\n\nAs agreed.\n\nFor readers: It was vague.\n" in log
    assert "Archsite <archsite@noreply.invalid>\n" in log
    assert f"{first.created_at:%Y-%m-%dT%H:%M:%S}" in log
    assert "It hurts often." in repository.main.git("show", "HEAD~:catalog.toml")
    assert "Shorter." not in repository.main.git("show", "HEAD~:catalog.toml")
    assert f":{second.number}:{second.token}" in repository.main.file.read_text()


def test_a_category_at_another_address_is_one_commit_and_a_branch_from_before_means_it(repository: Repository):
    name = Pattern.objects.get(code="01").category.name
    ann = repository.clone("ann")
    text = ann.file.read_text()
    category = load_document().categories[slug_of(name)]
    rename_category(
        category.slug,
        category.model_copy(update={"slug": "elsewhere"}),
        opened=fingerprint_of(category),
        by=authorship(comment="Another address"),
    )
    ann.file.write_text(text.replace(f'name = "{name}"', f'name = "{name}"\ndescription = "Said on a branch."', 1))
    ann.commit("Describe it")
    ann.git("push", "--quiet", "origin", "HEAD:main")

    sync(repository, "--push")

    assert "Another address" in subjects(repository.main)
    assert Category.objects.get(slug="elsewhere").description == "Said on a branch."
    assert Category.objects.count() == len(load_document().categories)
    assert not Category.objects.filter(slug=category.slug).exists()
    assert 'slug = "elsewhere"' in repository.clone("later").file.read_text()
    said("export_toml", repository.main.file, check=True)


def test_a_name_that_git_would_refuse_is_replaced(repository: Repository):
    edit("01", User.objects.create_user("<>"), problem="It hurts often.")

    sync(repository)

    assert repository.main.git("log", "-1", "--format=%an").strip() == "Archsite"


def test_with_nothing_to_do_it_says_so_and_commits_nothing(repository: Repository):
    before = repository.main.git("rev-parse", "HEAD")

    assert sync(repository, "--push") == "Nothing to do.\n"

    assert repository.main.git("rev-parse", "HEAD") == before


def test_a_conflict_with_an_editor_is_refused_with_the_plan(repository: Repository):
    edit("01", problem="It hurts often.")
    pushed(repository, "ann", "It hurts.", "It hurts a lot.")
    before = repository.main.git("rev-parse", "HEAD")

    text = refused("sync_git", repository.main.folder)

    assert "! [01] problem: changed on both sides" in text
    assert "the branch is where it was" in text
    assert repository.main.git("rev-parse", "HEAD") == before
    assert repository.main.git("status", "--porcelain") == ""


def test_an_invalid_file_is_refused_and_the_branch_put_back(repository: Repository):
    pushed(repository, "ann", 'code = "02"', 'code = "0')
    before = repository.main.git("rev-parse", "HEAD")

    assert "catalog.toml" in refused("sync_git", repository.main.folder)

    assert repository.main.git("rev-parse", "HEAD") == before


def test_a_conflict_of_git_is_refused_with_the_files(repository: Repository):
    pushed(repository, "ann", "It hurts.", "It hurts a lot.")
    edited(repository.main.file, "It hurts.", "It hurts here.")
    repository.main.commit("Local")

    assert "both sides changed catalog.toml" in refused("sync_git", repository.main.folder)

    assert repository.main.git("status", "--porcelain") == ""


def test_a_work_tree_that_is_not_clean_is_refused(repository: Repository):
    (repository.main.folder / "notes.txt").write_text("mine")

    text = refused("sync_git", repository.main.folder)

    assert "changes without a commit (?? notes.txt)" in text


def test_what_is_no_branch_of_a_work_tree_is_refused(repository: Repository, tmp_path: Path):
    assert "is not the top folder" in refused("sync_git", tmp_path / "origin.git")
    assert "folder" in refused("sync_git", tmp_path / "nowhere")
    repository.main.git("switch", "--quiet", "--detach")
    assert "is on no branch" in refused("sync_git", repository.main.folder)


def test_what_a_branch_took_out_is_retired_if_that_was_asked_for(repository: Repository):
    clone = repository.clone("ann")
    without(clone.file, "02")
    clone.commit("Take out")
    clone.git("push", "--quiet", "origin", "HEAD:main")

    sync(repository, "--retire")

    assert Pattern.objects.get(code="02").status == "retired"
    assert 'status = "retired"' in repository.main.file.read_text()


def test_two_runs_at_once_in_one_clone_are_refused(repository: Repository):
    with TheClone(repository.main.folder).held():
        assert "another run is at work" in refused("sync_git", repository.main.folder)

    assert sync(repository) == "Nothing to do.\n"


def test_what_a_killed_git_left_behind_is_taken_away(repository: Repository):
    """A lock, and a work tree half on its way to a commit that was fetched."""
    upstream = pushed(repository, "ann", "It hurts.", "It hurts a lot.").git("rev-parse", "HEAD").strip()
    main, folder = repository.main, repository.main.folder / ".git"
    main.git("fetch", "--quiet")
    (folder / "archsite-run").write_text(f"run {upstream}")
    main.file.write_text(main.git("show", f"{upstream}:catalog.toml")[:100])
    (folder / "index.lock").touch()

    sync(repository, "--push")

    assert Pattern.objects.get(code="01").problem == "It hurts a lot."
    assert main.git("status", "--porcelain") == ""


def test_a_lock_of_somebody_who_is_at_work_stays(repository: Repository):
    edit("02", description="Said by an editor.")
    lock = repository.main.folder / ".git" / "index.lock"
    lock.touch()

    assert "index.lock" in refused("sync_git", repository.main.folder)

    assert lock.exists()


def test_hooks_of_the_repository_do_not_run(repository: Repository):
    hooks = repository.main.folder / ".git" / "hooks"
    for name in ("pre-push", "post-merge", "reference-transaction"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    edit("02", description="Said by an editor.")

    assert "Pushed." in sync(repository, "--push")


@pytest.fixture
def somebody_is_faster(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    """As the first push starts, somebody else's arrives."""
    run, pushes = subprocess.run, count()

    def raced(command, **options):
        if "push" in command and "--quiet" in command and next(pushes) == 0:
            pushed(repository, "ann", "It hurts.", "It hurts a lot.")
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", raced)


def test_a_push_that_came_too_late_takes_the_other_first(repository: Repository, somebody_is_faster: None):
    edit("02", description="Said by an editor.")

    assert "Pushed." in sync(repository, "--push")

    assert Pattern.objects.get(code="01").problem == "It hurts a lot."
    assert "It hurts a lot." in repository.clone("later").file.read_text()


def test_a_push_that_is_always_rejected_ends_and_loses_nothing(repository: Repository):
    hook = repository.folder / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    edit("02", description="Said by an editor.")

    assert "rejected 3 times" in refused_by("sync_git", repository.main.folder, push=True)

    hook.unlink()
    assert sync(repository, "--push") == "Pushed.\n"


# Interrupted


class Killed(BaseException):
    """Ends a run at once; no code of ours catches it."""


def killed_at(step: int, repository: Repository) -> bool:
    """Whether a run got as far as calling Git that often, and ended there."""
    run, steps = subprocess.run, count()

    def counted(*arguments, **options):
        if next(steps) == step:
            raise Killed
        return run(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", counted)
        try:
            sync(repository, "--push")
        except Killed:
            return True
    return False


def test_interrupted_at_every_step_it_is_finished_by_the_next_run(repository: Repository):
    edit("02", comment="Of an editor", description="Said by an editor.")
    pushed(repository, "ann", "It hurts.", "It hurts a lot.")
    shutil.copytree(repository.folder, saved := repository.folder.with_name("saved"), symlinks=True)

    for step in count():
        with transaction.atomic():
            is_killed = killed_at(step, repository)
            sync(repository, "--push")

            found = subjects(repository.main, "origin/main")
            assert found[:1] + sorted(found[1:3]) == ["Export", "Edit of ann", "Of an editor"], step
            assert len(found) == 4, step
            assert found[3].startswith("Taken from Git at"), step
            assert Catalog.objects.get().version == Change.objects.count()
            said("export_toml", repository.main.file, check=True)
            transaction.set_rollback(True)
        shutil.rmtree(repository.folder)
        shutil.copytree(saved, repository.folder, symlinks=True)
        if not is_killed:
            assert step > 15
            return


def test_what_an_editor_changes_between_import_and_commit_is_no_conflict(repository: Repository):
    pushed(repository, "ann", "It hurts.", "It hurts a lot.")
    for step in count():  # up to the first step that finds the import done
        assert killed_at(step, repository)
        if Pattern.objects.get(code="01").problem == "It hurts a lot.":
            break
    edit("01", problem="It hurts much less.")

    sync(repository, "--push")

    assert "It hurts much less." in repository.clone("later").file.read_text()
