"""Simulated customers, and their way through the real engine.

`simulation` moves a clock through three months; `timeline` says when people come and
how the mood is, `customers` what each is like, `answers` what they reply, `voices` in
which words. `fence` keeps the simulation away from what else is in its database.
"""
