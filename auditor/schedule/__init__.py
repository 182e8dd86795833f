"""Audits that run by the clock. Each runs in a process of its own; nothing here reaches torch."""
