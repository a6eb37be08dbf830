"""Vends short-lived credentials for the signed door."""
