"""How facts are said to people. Imports the domain only."""
