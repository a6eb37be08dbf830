"""The whole system on this machine: the emulator, the HubSpot twin and the real CDK deploy."""
