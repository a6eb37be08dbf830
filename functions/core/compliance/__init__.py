"""Whether the account is as it must be: facts that were read, rules, and since when each broke."""
