"""Formats that need more than a decoder's own answer: DICOM, JPEG headers, deep grey."""
