"""What steps cause, a verb a file: `do` tells the event that the service acts on."""
