"""What may be asked for: rules, rows about models, and requests checked against them."""
