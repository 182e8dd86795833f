"""What the app says: the reader's language, words of verdicts and scores, sentences."""
