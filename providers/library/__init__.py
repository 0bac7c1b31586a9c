"""What was made: originals, and what can be derived from them again."""
