"""OAuth: apps, the page on which someone lets one in, and their tokens."""
