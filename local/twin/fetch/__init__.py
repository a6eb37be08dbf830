"""`hubspot.fetch`: what a UI extension calls, HubSpot sends, with who asks and its signature."""
