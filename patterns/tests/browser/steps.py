"""What people do at the desk again and again."""

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

LIST = "/admin/patterns/pattern/"


def field(page: Page, label: str) -> Locator:
    """A field of the entry itself: the rows of its parts, which come after, repeat some of the labels."""
    return page.get_by_label(f"{label}:", exact=True).first


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def send(page: Page, button: str) -> None:
    """Press a button of a form that waits for what is being kept, and wait for the answer."""
    with page.expect_navigation():
        press(page, button)


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()


def told(page: Page, text: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(text)


def open_entry(page: Page, name: str) -> None:
    page.goto(LIST)
    follow(page, name)


def save(page: Page, *, why: str = "", button: str = "Save", **values: str) -> None:
    """Fill in fields of the form that is open, by their labels in small letters, and press the button."""
    for label, text in values.items():
        field(page, label.capitalize()).fill(text)
    page.get_by_label("What and why").fill(why)
    send(page, button)


def fill_row(page: Page, part: str, row: int, **values: str) -> None:
    """A row of a part; with scripts there are as many as one asks for, without them a few to begin with."""
    unfold(page, part)
    if page.locator(f"#{part}-{row}").count() == 0:
        page.locator(f"#{part}-group .add-row a").click()
    for key, text in values.items():
        page.locator(f"[name={part}-{row}-{key}]").fill(text)


def unfold(page: Page, part: str) -> None:
    """Open a part of the form, if it is not open."""
    folded = page.locator(f"#{part}-group fieldset > details:not([open]) > summary")
    if folded.count():
        folded.click()


def upload(page: Page, text: str, *, name: str = "catalog.toml") -> None:
    choose_file(page, {"name": name, "mimeType": "application/toml", "buffer": text.encode()})


def choose_file(page: Page, file: FilePayload | Path) -> None:
    """Upload a file by its content, or by its place: a large one takes long to hand over."""
    page.goto(f"{LIST}import/")
    page.get_by_label("File").set_input_files(file)
    press(page, "Show the plan")


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    press(page, "Log in")
