"""What Voxpop knows and does."""
