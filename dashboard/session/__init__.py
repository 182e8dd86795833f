"""One reader: who looks, what the address asks for, which run it is about."""
