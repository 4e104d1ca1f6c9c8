"""Which ways of a flow can be taken, worked out from the values that can be there."""
