"""What is worked out of flows together is worked out once, and not of other flows."""

from collections.abc import Mapping

from flows.language.check.once import once
from flows.language.document import FlowDocument, load_flow

FLOW = load_flow("a.yaml", b"flow: a\nlanguages: [en]\nsteps: {hi: {say: Hi}}\n")


def test_the_same_flows_are_worked_on_once_and_equal_ones_again() -> None:
    """The very same mapping needs no more work; one that is equal to it does."""
    asked: list[Mapping[str, FlowDocument]] = []

    @once
    def names(flows: Mapping[str, FlowDocument]) -> list[str]:
        asked.append(flows)
        return list(flows)

    flows, equal = {"a": FLOW}, {"a": FLOW}
    assert [names(flows), names(flows), names({}), names(equal)] == [
        ["a"],
        ["a"],
        [],
        ["a"],
    ]
    assert len(asked) == len((flows, {}, equal))
