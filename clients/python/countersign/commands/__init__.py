"""The `countersign` command, one module for each of its groups; `app` puts them together."""
