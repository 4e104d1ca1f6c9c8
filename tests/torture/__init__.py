"""Voxpop killed, cut off and starved while people talk with it; then looked over."""
