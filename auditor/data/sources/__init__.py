"""Dataset formats: one file per format, each gives a listing of samples."""
