"""What a person does at a shell, done to the real program."""
