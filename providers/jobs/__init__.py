"""What was asked: jobs, their journal, and the runner that follows them."""
