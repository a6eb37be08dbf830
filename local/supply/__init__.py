"""What the project takes from others: under which licence, listed for a release, known holes."""
