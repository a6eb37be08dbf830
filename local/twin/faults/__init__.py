"""What goes wrong: told by script, or drawn at random from a seed."""
