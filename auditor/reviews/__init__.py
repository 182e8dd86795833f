"""What people decided: append-only events in a SQL database."""
