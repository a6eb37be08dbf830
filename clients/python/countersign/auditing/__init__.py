"""Checks the audit from outside: nothing here shares code with what wrote or sealed it.

What is locked in the bucket is taken for true. The table is what is checked.
"""
