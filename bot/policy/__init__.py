"""May this go out now? Pure, and every refusal has its reason."""
