"""Use cases: each one transaction, or a series of them that can stop anywhere."""
