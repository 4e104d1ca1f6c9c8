"""The chat page in a real browser, on a phone: as a customer meets it."""

import json
import re
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.e2e.conftest import Opening, check_access, picture, site
from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.examples import ROOT

pytestmark = pytest.mark.e2e

SECRET = "s" * 40
ASKED = "how likely are you to recommend Acme"
ARABIC = """
flow: arabic
languages: [ar]
steps:
  score:
    ask: "ما مدى احتمال أن توصي بـ {brand.name} لصديق؟"
    answer: nps
    low: غير محتمل إطلاقًا
    high: محتمل جدًا
  why: {ask: لماذا؟, answer: text, unless_said: score, optional: true}
  thanks: {say: "شكرًا لك! قلت: {answers.why|لا شيء}"}
"""
EVERY = """
flow: every
languages: [en]
steps:
  stars: {ask: How was the food?, answer: csat}
  effort: {ask: How easy was it?, answer: ces}
  which: {ask: What did you buy?, answer: choice, options: {a: Apples, b: Pears}}
  improve:
    ask: What should be better?
    answer: choices
    options: {speed: Speed, price: Price, staff: Staff}
    optional: true
  why: {ask: And why?, answer: text}
"""
PHOTO = """
flow: photo
languages: [en]
steps:
  photo: {ask: Show us what broke., answer: photo, optional: true}
  why: {ask: And why?, answer: text}
  thanks: {say: "You said: {answers.why}"}
"""


def entries(page: Page) -> list[str]:
    """Return the texts of all bubbles, in their order."""
    return page.locator("#entries .bubble").all_inner_texts()


def say(page: Page | FrameLocator, words: str) -> None:
    """Type something and send it."""
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")


def sees(page: Page, words: str) -> None:
    """Wait until the page shows words."""
    expect(page.locator("#entries")).to_contain_text(words)


def number(page: Page, value: int) -> None:
    """Press a number of the newest scale."""
    page.locator("#entries").get_by_role(
        "button", name=re.compile(rf"^{value}\b")
    ).last.click()


def allow(shop: Path, flow: str, source: str) -> None:
    """Add a flow that the page may be asked for."""
    (shop / "flows" / f"{flow}.yaml").write_text(source, encoding="utf-8")
    config = shop / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("allowed: [nps,", f"allowed: [nps, {flow},"))


def test_a_survey_on_a_phone(server: Running, opened: Opening) -> None:
    """Taps, typed words, a reload and a restart in the middle add one answer."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    places = page.locator("#entries button").evaluate_all(
        "found => found.map(each => each.getBoundingClientRect().toJSON())"
    )
    assert len(places) == 11
    assert len({round(place["y"]) for place in places}) == 1
    assert all(place["width"] >= 24 and place["height"] >= 44 for place in places)
    assert all(place["left"] >= 0 and place["right"] <= 390 for place in places)
    check_access(page)
    number(page, 3)
    sees(page, "What went wrong?")
    page.reload()
    sees(page, "What went wrong?")
    before = entries(page)
    assert server.stop() == 0
    server.start()
    say(page, "it came late")
    sees(page, "May someone from our team write to you")
    assert entries(page)[: len(before)] == before
    server.kill()
    server.start()
    page.get_by_role("button", name="Yes").click()
    sees(page, "You will hear from us soon.")
    expect(page.locator("#again")).to_be_visible()
    check_access(page)
    assert len(entries(page)) == len(set(entries(page)))
    score = server.report()
    assert (score["n"], score["histogram"]["3"]) == (1, 1)
    assert server.rows("SELECT key, value FROM answers ORDER BY key") == [
        ("callback", "true"),
        ("recover", '"it came late"'),
        ("score", "3"),
    ]
    assert server.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_link(server: Running, opened: Opening) -> None:
    """Who opens a customer's link chats as that customer, also after a reload."""
    made = subprocess.run(
        [*VOXPOP, "link", "crm:4711", "--json"],
        cwd=server.shop,
        env=server.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    address = json.loads(made.stdout)["links"]["web"]
    assert address.startswith(f"{server.url}/chat?join=join-")
    page = opened(address)
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_text("That makes our day!")).to_be_visible()
    assert "join" not in page.url
    page.reload()
    expect(page.get_by_text("That makes our day!")).to_be_visible()
    joined = "SELECT count(*) FROM joins WHERE proof = 'link'"
    assert server.rows(joined) == [(1,)]


def test_a_promoter_in_spanish(server: Running, opened: Opening) -> None:
    """A browser that speaks Spanish is spoken to in Spanish, the page's words too."""
    page = opened(f"{server.url}/chat", locale="es-ES")
    sees(page, "¿qué probabilidad hay")
    expect(page.locator("#text")).to_have_attribute(
        "placeholder", re.compile("mensaje")
    )
    assert page.locator("html").get_attribute("lang") == "es"
    say(page, "un ocho")
    sees(page, "¿En qué deberíamos mejorar?")
    page.get_by_label("Precio").check()
    page.get_by_label("Rapidez de entrega").check()
    check_access(page)
    page.get_by_role("button", name="Hecho").or_(
        page.get_by_role("button", name="Listo")
    ).click()
    sees(page, "Gracias por ayudarnos a mejorar.")
    assert server.report()["histogram"]["8"] == 1


def test_the_language_may_change(server: Running, opened: Opening) -> None:
    """Who answers in another language is spoken to in it, the page's words too."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    say(page, "un tres, llegó tarde")
    sees(page, "¿Puede escribirte alguien")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_right_to_left(shop: Path, opened: Opening) -> None:
    """In Arabic the page runs from right to left, and words of both ways stay whole."""
    allow(shop, "arabic", ARABIC)
    with Running(shop) as server:
        page = opened(f"{server.url}/chat?flow=arabic", locale="ar")
        sees(page, "ما مدى احتمال")
        assert page.locator("html").get_attribute("dir") == "rtl"
        check_access(page)
        picture(page, "arabic")
        first = page.get_by_role("button", name=re.compile(r"^0\b")).bounding_box()
        last = page.get_by_role("button", name=re.compile(r"^10\b")).bounding_box()
        assert first
        assert last
        assert first["x"] > last["x"]
        number(page, 9)
        sees(page, "لماذا؟")
        say(page, "خدمة ممتازة")
        sees(page, "قلت: خدمة ممتازة")
        assert server.report("arabic")["histogram"]["9"] == 1


def test_every_kind(shop: Path, opened: Opening) -> None:
    """Stars, numbers, options and boxes: each is answered by what it is."""
    allow(shop, "every", EVERY)
    with Running(shop) as server:
        page = opened(f"{server.url}/chat?flow=every")
        sees(page, "How was the food?")
        check_access(page)
        page.get_by_role("button", name=re.compile("^4 of 5")).click()
        sees(page, "How easy was it?")
        check_access(page)
        number(page, 7)
        sees(page, "What did you buy?")
        page.get_by_role("button", name="Pears").click()
        sees(page, "What should be better?")
        check_access(page)
        page.get_by_label("Speed").check()
        page.get_by_role("button", name="Done").click()
        sees(page, "And why?")
        picture(page, "every")
        answers = dict(server.rows("SELECT key, value FROM answers"))
        assert (answers["stars"], answers["effort"]) == ("4", "7")
        assert (answers["which"], answers["improve"]) == ('"b"', '["speed"]')


def test_a_photo(shop: Path, opened: Opening, tmp_path: Path) -> None:
    """A photo is taken where one is asked for, and is there after a reload."""
    allow(shop, "photo", PHOTO)
    photo = tmp_path / "photo.png"
    with Running(shop) as server:
        page = opened(f"{server.url}/chat?flow=photo")
        sees(page, "Show us what broke.")
        check_access(page)
        page.screenshot(path=photo)
        page.locator("input[type=file]").set_input_files(photo)
        sees(page, "And why?")
        expect(page.locator("input[type=file]")).to_have_count(0)
        page.reload()
        sees(page, "And why?")
        expect(page.locator("#entries canvas")).to_be_visible()
        say(page, "because <b>I</b> say so")
        sees(page, "You said: because <b>I</b> say so")
        picture(page, "photo")
        ((kept,),) = server.rows("SELECT value FROM answers WHERE key = 'photo'")
        (file,) = (shop / "media").rglob("*.jpg")
        assert file.name in kept


def test_a_correction(server: Running, opened: Opening) -> None:
    """A tap on an earlier question's button corrects that answer."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    number(page, 3)
    sees(page, "What went wrong?")
    page.get_by_role("button", name=re.compile(r"^9\b")).first.click()
    sees(page, "What do you like most?")
    histogram = server.report()["histogram"]
    assert (histogram["3"], histogram["9"]) == (0, 1)


def test_not_sent_and_again(server: Running, opened: Opening) -> None:
    """While the store is locked nothing is lost: the words stay, and go out once."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    lock = sqlite3.connect(server.shop / "voxpop.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    say(page, "3, it came late")
    expect(page.get_by_text("Not sent")).to_be_visible(timeout=20_000)
    check_access(page)
    picture(page, "not-sent")
    page.reload()
    sees(page, "3, it came late")
    lock.execute("ROLLBACK")
    lock.close()
    retry = page.get_by_role("button", name="Retry")
    if retry.is_visible():
        retry.click()
    sees(page, "May someone from our team write to you")
    assert page.get_by_text("3, it came late").count() == 1
    assert server.report()["n"] == 1


def test_start_again(server: Running, opened: Opening) -> None:
    """After the end one may start again; the period counts one answer, the last."""
    page = opened(f"{server.url}/chat")
    for times, value in enumerate((7, 8), 1):
        expect(page.get_by_text(ASKED)).to_have_count(times)
        expect(page.locator("#again")).to_be_hidden()
        number(page, value)
        expect(page.get_by_role("button", name="Skip")).to_have_count(times)
        page.get_by_role("button", name="Skip").last.click()
        expect(page.locator("#again")).to_be_visible()
        page.locator("#again").click()
    histogram = server.report()["histogram"]
    assert (histogram["7"], histogram["8"]) == (0, 1)


def test_without_sockets(server: Running, opened: Opening) -> None:
    """Where a network blocks sockets, the talk goes by plain requests."""
    page = opened(f"{server.url}/health/live")
    page.route_web_socket(re.compile("/chat/socket"), lambda socket: socket.close())
    page.goto(f"{server.url}/chat")
    sees(page, ASKED)
    number(page, 3)
    sees(page, "What went wrong?")


@pytest.mark.parametrize(
    "words",
    [
        "<img src=x onerror=alert(1)><script>alert(2)</script>",
        "javascript:alert(1) https://evil.example/javascript:x",
        "\u202etxt.exe\u2066 {secret} {{brand}}",
        "x" * 3_000,
    ],
)
def test_strange_words(server: Running, opened: Opening, words: str) -> None:
    """What a customer types is shown as they typed it, and stays in its place."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    number(page, 3)
    sees(page, "What went wrong?")
    say(page, words)
    sees(page, "May someone from our team write to you")
    mine = page.locator("#entries .bubble", has_text=words[:20]).first
    assert mine.text_content() == words
    assert page.locator("#entries img, #entries script, #entries a").count() == 0
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    check_access(page)


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "dark"},
        {"forced_colors": "active"},
        {"reduced_motion": "reduce"},
        {"viewport": {"width": 320, "height": 568}},
        {"viewport": {"width": 1280, "height": 800}},
    ],
    ids=["dark", "forced-colors", "still", "narrow", "wide"],
)
def test_looks(server: Running, opened: Opening, options: dict[str, object]) -> None:
    """The page reads well in whatever way it is looked at."""
    page = opened(f"{server.url}/chat", **options)
    sees(page, ASKED)
    check_access(page)
    number(page, 8)
    sees(page, "What should we get better at?")
    check_access(page)
    picture(page, f"looks-{'-'.join(map(str, options))}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_by_keyboard(server: Running, opened: Opening) -> None:
    """All of it can be done without a pointer."""
    page = opened(f"{server.url}/chat")
    sees(page, ASKED)
    page.get_by_role("button", name=re.compile(r"^9\b")).focus()
    page.keyboard.press("Enter")
    sees(page, "What do you like most?")
    page.get_by_role("button", name="Skip").focus()
    page.keyboard.press("Space")
    sees(page, "friend")


def test_only_what_is_allowed(server: Running, opened: Opening) -> None:
    """A flow that is not offered has no page, and says so."""
    assert server.get("/chat?flow=welcome")[0] == 404
    page = opened(f"{server.url}/chat?flow=nps")
    sees(page, ASKED)


def test_the_picture_of_the_readme(server: Running, opened: Opening) -> None:
    """The README shows what this test sees."""
    size = {"width": 390, "height": 720}
    page = opened(f"{server.url}/chat", viewport=size, device_scale_factor=2)
    sees(page, ASKED)
    number(page, 3)
    sees(page, "What went wrong?")
    say(page, "it came late, and the box was open")
    sees(page, "May someone from our team write to you")
    picture(page, "chat")
    assert "docs/images/chat.png" in (ROOT / "README.md").read_text(encoding="utf-8")


# ── on another site ──────────────────────────────────────────────────────────────────


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """Return another site's folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def write_shop(host: Path, chat: str) -> None:
    """Write a shop's page with the one line that embeds the chat."""
    (host / "index.html").write_text(
        "<!doctype html><html lang=en><title>Shop</title><main><h1>Shop</h1></main>"
        f"<script src='{chat}/chat/embed.js' defer></script></html>"
    )


def policy_for(chat: str) -> str:
    """Return the strictest policy under which a site can still embed the chat."""
    return f"default-src 'none'; script-src {chat}; frame-src {chat}"


def test_embedded(shop: Path, host: Path, opened: Opening) -> None:
    """One line puts the chat on another site; it needs no cookie and no exception."""
    running = Running(shop)
    with site(host, policy_for(running.url)) as port:
        running = embedding(shop, f"http://localhost:{port}", running)
        write_shop(host, running.url)
        with running:
            page = opened(f"http://localhost:{port}/")
            button = page.get_by_role("button", name="Open the chat")
            check_access(page)
            button.click()
            frame = page.frame_locator("iframe")
            expect(frame.locator("#entries")).to_contain_text(ASKED)
            frame.get_by_role("button", name=re.compile(r"^3\b")).click()
            expect(frame.locator("#entries")).to_contain_text("What went wrong?")
            check_access(page)
            picture(page, "embedded")
            page.reload()
            page.get_by_role("button", name="Open the chat").click()
            expect(frame.locator("#entries")).to_contain_text("What went wrong?")
            assert running.report()["n"] == 1
            assert page.context.cookies() == []


def test_whose_browser_it_is(shop: Path, host: Path, opened: Opening) -> None:
    """Two customers at one browser, in two tabs even, see nothing of one another."""
    running = Running(shop, VOXPOP_CHANNELS__WEB__SECRET=SECRET)
    with site(host, policy_for(running.url)) as port:
        running = embedding(shop, f"http://localhost:{port}", running)
        write_shop(host, running.url)
        with running:
            page = opened(f"http://localhost:{port}/")
            other = page.context.new_page()
            other.goto(f"http://localhost:{port}/")
            talk = open_panel(page)
            expect(talk).to_contain_text("Hello, how likely")
            page.evaluate("facts => Voxpop.identify(facts)", signed("ana", "Ana"))
            expect(page.frame_locator("iframe").locator("#state")).to_be_empty()
            say(page.frame_locator("iframe"), "2, my card was charged twice")
            expect(talk).to_contain_text("May someone from our team")
            page.evaluate("Voxpop.forget()")
            other.evaluate("facts => Voxpop.identify(facts)", signed("bob", "Bob"))
            theirs = open_panel(other)
            expect(theirs).to_contain_text("Bob, how likely")
            expect(theirs).not_to_contain_text("my card")
            other.evaluate("Voxpop.forget()")
            page.evaluate("facts => Voxpop.identify(facts)", signed("ana", "Ana"))
            expect(open_panel(page)).to_contain_text("my card was charged twice")
            page.evaluate("Voxpop.close()")
            expect(page.locator("iframe")).to_be_hidden()
            with page.expect_console_message(lambda said: "signed" in said.text):
                page.evaluate("Voxpop.identify({id: 1})")
            people = running.rows(
                "SELECT handle, first_name FROM addresses"
                " JOIN contacts ON contacts.id = contact WHERE channel = 'crm'"
                " ORDER BY handle"
            )
            assert people == [("ana", "Ana"), ("bob", "Bob")]


def open_panel(page: Page) -> Locator:
    """Open the panel of a site, and return the log in it."""
    page.evaluate("Voxpop.open()")
    return page.frame_locator("iframe").locator("#entries")


def signed(customer: str, name: str) -> str:
    """Return facts as a site signs them."""
    claims = {"sub": customer, "first_name": name, "exp": int(time.time()) + 3600}
    return jwt.encode(claims, SECRET, "HS256")


def embedding(shop: Path, origin: str, running: Running) -> Running:
    """Let a site embed the chat."""
    config = shop / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("{flow: nps,", f"{{flow: nps, sites: [{origin}],"))
    return running


def test_another_site_may_not(server: Running, host: Path, browser: Browser) -> None:
    """A site that is not named cannot frame the page."""
    (host / "index.html").write_text(
        f"<!doctype html><html lang=en><iframe src='{server.url}/chat'></iframe></html>"
    )
    with site(host, "default-src *") as port, closing(browser.new_context()) as context:
        page = context.new_page()
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(f"http://localhost:{port}/")
        assert page.frame_locator("iframe").locator("#entries").count() == 0
