"""The chat page and what belongs to it: script, style, words, logo, embedding."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.model.joins import PREFIX
from channels.web.chat import Chat, Page
from channels.web.frames import LONGEST_TEXT
from channels.web.look import colours, style
from channels.web.uploads import LARGEST
from channels.web.wording import (
    accepted,
    direction,
    own_languages,
    preferred,
    words,
)

SCRIPTS: Final = {".js": "text/javascript", ".css": "text/css"}
A_YEAR: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"

LONGEST_CODE: Final = 64
_HERE: Final = files("channels.web")
_pages: Final = Environment(
    loader=PackageLoader("channels.web"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def version() -> str:
    """Return what tells this build's script and style from any other's."""
    hashed = hashlib.sha256()
    for file in sorted(_HERE.joinpath("static").iterdir(), key=lambda f: f.name):
        hashed.update(file.read_bytes())
    return hashed.hexdigest()[:12]


@cache
def modules() -> tuple[str, ...]:
    """Return the names of the modules that the page's script is made of."""
    names = (file.name for file in _HERE.joinpath("static").iterdir())
    entries = {"chat.js", "embed.js"}
    return tuple(sorted(n for n in names if n.endswith(".js") and n not in entries))


def chat_page(request: Request, chat: Chat) -> Response:
    """Return the page, or 404 for a flow that it may not be asked for."""
    asked = request.query_params
    flow = asked.get("flow")
    wanted = [asked["language"]] if "language" in asked else []
    wanted += accepted(request.headers.get("accept-language", ""))
    offered = flow is None or chat.offers(flow)
    language = preferred(wanted, chat.house.languages(flow if offered else None))
    if not offered:
        return _missing(chat.page, preferred(wanted, own_languages()))
    settings = {
        "flow": flow,
        "language": language,
        "link": _code(asked.get("join", "")),
        "embedded": "embed" in asked,
        "sites": list(chat.page.sites),
        "brand": chat.page.brand,
        "longest": LONGEST_TEXT,
        "largest": LARGEST,
    }
    said = {**words(language), "title": _title(chat.page, language)}
    html = _pages.get_template("chat.html").render(
        language=language,
        direction=direction(language),
        brand=chat.page.brand,
        logo=chat.page.logo is not None and chat.page.logo.is_file(),
        embedded="embed" in asked,
        words=said,
        words_json=in_script(said),
        modules=modules(),
        settings=in_script(settings),
        version=version(),
    )
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    return Response(html, media_type="text/html", headers=headers)


def _code(given: str) -> str | None:
    """Return the code of a link as the page may bring it, None for what is none."""
    return given if given.startswith(PREFIX) and len(given) <= LONGEST_CODE else None


def _missing(page: Page, language: str) -> Response:
    html = _pages.get_template("missing.html").render(
        language=language,
        direction=direction(language),
        brand=page.brand,
        words=words(language),
        version=version(),
    )
    return Response(html, 404, media_type="text/html")


def _title(page: Page, language: str) -> str:
    return words(language)["title"].replace("{brand}", page.brand)


def in_script(value: object) -> str:
    r"""Return JSON that may stand inside a script element, whatever it holds.

    >>> in_script({"brand": "</script>"})
    '{"brand": "\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False)
    unsafe = {"<": "\\u003c", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return "".join(unsafe.get(char, char) for char in text)


def words_of(request: Request, chat: Chat) -> Response:
    """Return the page's own sentences in one language."""
    language = preferred([request.query_params.get("language", "")], own_languages())
    said = {**words(language), "title": _title(chat.page, language)}
    found = {"language": language, "direction": direction(language), "words": said}
    return _text(json.dumps(found, ensure_ascii=False), "application/json", ASK_AGAIN)


def asset(request: Request, _chat: Chat) -> Response:
    """Return a script or a style of the page."""
    name = Path(request.path_params["name"])
    known = {file.name for file in _HERE.joinpath("static").iterdir()}
    if name.name not in known or name.suffix not in SCRIPTS or name.stem == "embed":
        return Response("There is no such file.", 404, media_type="text/plain")
    text = _HERE.joinpath("static", name.name).read_text("utf-8")
    current = request.path_params["version"] == version()
    return _text(text, SCRIPTS[name.suffix], A_YEAR if current else ASK_AGAIN)


def look(_request: Request, chat: Chat) -> Response:
    """Return the brand's colours as a style."""
    return _text(style(chat.page.color), "text/css", ASK_AGAIN)


def logo(_request: Request, chat: Chat) -> Response:
    """Return the brand's logo."""
    if chat.page.logo is None or not chat.page.logo.is_file():
        return Response("There is no logo.", 404, media_type="text/plain")
    return FileResponse(chat.page.logo, headers={"Cache-Control": ASK_AGAIN})


def embed(request: Request, chat: Chat) -> Response:
    """Return the script that a site embeds, with our address and words in it."""
    wanted = [request.query_params.get("language", "")]
    wanted += accepted(request.headers.get("accept-language", ""))
    language = preferred(wanted, own_languages())
    said = words(language)
    ours = colours(chat.page.color)
    setting = {
        "origin": chat.page.origin or own_origin(request),
        "open": said["open"],
        "close": said["close"],
        "title": _title(chat.page, language),
        "brand": ours.brand,
        "onBrand": ours.on_brand,
    }
    text = _HERE.joinpath("static", "embed.js").read_text("utf-8")
    script = text.replace("__SET__", in_script(setting))
    response = _text(script, "text/javascript", "public, max-age=300")
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def own_origin(request: Request) -> str:
    """Return the address under which the request reached us."""
    parts = urlsplit(str(request.url))
    return f"{parts.scheme}://{parts.netloc}"


def _text(text: str, media_type: str, caching: str) -> Response:
    return Response(text, media_type=media_type, headers={"Cache-Control": caching})
