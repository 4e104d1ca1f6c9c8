"""What the channels show by themselves."""
