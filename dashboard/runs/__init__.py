"""Access to runs: cached tables, queries, filters, images."""
