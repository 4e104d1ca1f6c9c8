"""Write the index of lint's codes from their pages: `make pages`."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference" / "lint"
HEAD: Final = """\
# What lint says

Each problem is one line: `path:line:column: severity: message [code]`.
A flow with an error is not published; a warning lets it run.
Each code has a page with an example that is reported, and the same mended.

| code | severity | means |
|---|---|---|
"""


def main() -> None:
    """Write `docs/reference/lint/README.md` anew."""
    pages = [path for path in FOLDER.glob("*.md") if path.stem != "README"]
    pages.sort(key=lambda path: path.stem)
    rows = "".join(map(_row, pages))
    (FOLDER / "README.md").write_text(HEAD + rows, encoding="utf-8")


def _row(path: Path) -> str:
    _, grave, why, *_ = path.read_text(encoding="utf-8").split("\n\n")
    severity = grave.rstrip(".").partition(",")[0].lower()
    means = why.strip().split("\n")[0].replace("|", "\\|")
    return f"| [`{path.stem}`]({path.name}) | {severity} | {means} |\n"


if __name__ == "__main__":
    main()
