"""Assistant: the front door for people - understands a request, uses the tools of all features, reports.

Agent: assistant. Keeps: its runs and threads, nothing else.
"""
