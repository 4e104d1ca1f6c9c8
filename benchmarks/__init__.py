"""What is claimed of speed, measured: run `make bench`."""
