"""`voxpop` at the shell: one file a family of commands, loaded when it is called."""
