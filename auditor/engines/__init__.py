"""Where parts are made. The numbers are the same wherever."""
