"""The token door's authorizer: from an API key, a bearer token or both to allow, deny or nobody."""
