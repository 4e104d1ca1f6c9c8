"""How much was counted in a test: the figures of a process only grow."""

from bot import figures


class Counting:
    """What was counted since it began."""

    def __init__(self) -> None:
        self._before = _all()

    def __getitem__(self, name: str) -> dict[tuple[str, ...], float]:
        """Return what grew of a figure, by the values of its labels."""
        return {
            labels: grown
            for (found, labels), now in _all().items()
            if found == name and (grown := now - self._before.get((found, labels), 0.0))
        }


def _all() -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in figures.REGISTRY.collect()
        for sample in family.samples
    }
