"""The durable processes of payments. Read: bodies (what follows what), acts (what is done), effects."""
