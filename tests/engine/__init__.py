"""The engine: talks pushed by hand, without a store, a clock or a channel."""
