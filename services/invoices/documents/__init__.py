"""What a document says: read from untrusted bytes into facts. Pure."""
