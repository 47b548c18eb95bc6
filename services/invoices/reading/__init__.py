"""Reading PDFs, each in a process of its own."""
