"""The flows that come with Voxpop; what else lies in `flows/` is the operator's."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FLOWS: Final = [ROOT / "flows" / f"{n}.yaml" for n in ("nps", "referral", "welcome")]
TALKS: Final = [ROOT / "flows" / "nps.test.yaml"]


def lay_out(folder: Path) -> Path:
    """Put the example flows, their tests and their settings into a folder."""
    (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    (folder / "flows").mkdir()
    for path in (*FLOWS, *TALKS):
        (folder / "flows" / path.name).write_bytes(path.read_bytes())
    return folder
