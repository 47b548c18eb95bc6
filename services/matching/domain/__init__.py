"""The rules of matching: pure."""
