"""The engine, pure: a talk and what was heard in; the talk and what it tells out."""
