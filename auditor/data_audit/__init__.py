"""An audit of a dataset before any model: what gives the label away besides the object."""
