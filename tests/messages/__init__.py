"""Tests of the door out and its ledger."""
