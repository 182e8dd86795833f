"""Object masks by a network or function that the user brings, kept by the content of the image."""
