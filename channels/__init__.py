"""One service a file or folder; none knows another."""
