"""SQLite files of a library: ground state, embeddings and proxies."""
