"""A public benchmark: planted sets with measured truth, and a judge for the list of any tool."""
