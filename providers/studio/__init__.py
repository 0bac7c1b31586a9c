"""What a door may ask for: `studio` (wiring, start, stop; start reading here), `submission` (a press
becomes a job), `batches`, `adoption`, `spending`, `marks`, `exports` (copies to take away), `status`,
`about`. Touches all that is below it, and knows no page.
"""
