"""Dataset leak: can the label be read from what is not the object?"""
