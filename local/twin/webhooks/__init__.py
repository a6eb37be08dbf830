"""HubSpot's webhooks: subscriptions, signed deliveries, retries, and what goes wrong with them."""
