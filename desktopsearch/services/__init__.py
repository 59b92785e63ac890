"""What the application does, free of any shell: loop, ingest, search, upkeep."""
