"""Object masks: drawn, boxes, automatic, and their quality."""
