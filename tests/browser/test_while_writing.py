"""What happens while somebody types: read out once, never sent by mistake, never lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import Visit, write_question

# Notes every text that the live region gets, as a screen reader would say it.
LISTEN = """() => {
  window.heard = [];
  const live = document.getElementById("live");
  new MutationObserver(() => { if (live.textContent) heard.push(live.textContent); })
    .observe(live, {childList: true, characterData: true, subtree: true});
}"""


def heard(page: Page) -> list[str]:
    """What was read out, once the page has had the time to say it."""
    page.wait_for_timeout(900)
    return page.evaluate("window.heard")


def test_suggestions_while_searching_are_read_out_once(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    visit.go("")
    visit.page.evaluate(LISTEN)
    visit.page.get_by_role("combobox").press_sequentially("refund", delay=30)
    options = visit.page.get_by_role("option")
    expect(options.last).to_be_visible()

    number = options.count() - 1
    assert heard(visit.page) == [f"{number} suggestions"]
    visit.page.get_by_role("combobox").press("ArrowDown")
    assert heard(visit.page) == [f"{number} suggestions"]


def test_articles_on_the_contact_form_are_read_out_once_a_set(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    visit.go("contact")
    visit.page.evaluate(LISTEN)
    write_question(visit)
    expect(visit.page.locator(".suggested-item").first).to_be_visible()
    number = visit.page.locator(".suggested-item").count()
    before = visit.page.get_by_role("button", name="Continue").bounding_box()
    visit.page.get_by_label("Message").press("End")
    visit.page.keyboard.type(" Thanks!")
    with visit.page.expect_response(lambda response: "/contact/suggestions" in response.url):
        pass

    articles = "1 article" if number == 1 else f"{number} articles"
    assert heard(visit.page) == [f"{articles} may answer your question"]
    assert visit.page.get_by_role("button", name="Continue").bounding_box() == before


def test_enter_that_ends_a_composition_does_not_search(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(locale="ja"), "ja")
    visit.go("")
    field = visit.page.get_by_role("combobox")
    field.focus()
    keyboard = visit.window.context.new_cdp_session(visit.page)
    keyboard.send("Input.imeSetComposition", {"text": "へんきん", "selectionStart": 4, "selectionEnd": 4})
    # The key that an input method has taken for itself.
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229})
    keyboard.send("Input.insertText", {"text": "返金"})
    expect(visit.page.get_by_role("listbox")).to_be_visible()
    assert visit.page.url.endswith("/ja/")

    composing = """field => {
      const key = (type) => ({key: type, bubbles: true, cancelable: true, isComposing: true});
      field.dispatchEvent(new KeyboardEvent("keydown", key("ArrowDown")));
      field.dispatchEvent(new KeyboardEvent("keydown", key("Enter")));
    }"""
    field.evaluate(composing)
    expect(visit.page.locator("[aria-selected=true]")).to_have_count(0)
    assert visit.page.url.endswith("/ja/")


def test_a_draft_survives_being_offline_and_a_reload(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    page, context = visit.page, visit.window.context
    visit.go("contact")
    page.get_by_label("Subject").fill(visit.words.subject)
    expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    context.set_offline(True)
    page.get_by_label("Message").fill(visit.words.message)
    expect(page.locator("#draft-state")).to_have_text("Saved on this device")
    expect(page.get_by_role("alert")).to_have_text("You are offline. What you write is kept on this device.")
    context.set_offline(False)
    expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    visit.window.faults.clear()

    page.reload()
    expect(page.get_by_label("Message")).to_have_value(visit.words.message)
    expect(page.get_by_label("Subject")).to_have_value(visit.words.subject)


def test_a_draft_that_never_reached_the_server_survives_a_reload(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    visit.page.route("**/contact/draft", lambda route: route.abort())
    visit.go("contact")
    visit.page.get_by_label("Message").fill(visit.words.message)
    expect(visit.page.locator("#draft-state")).to_have_text("Saved on this device")
    visit.window.faults.clear()
    visit.page.unroute_all()
    visit.page.reload()

    expect(visit.page.get_by_label("Message")).to_have_value(visit.words.message)
    visit.window.faults.clear()
