"""The page that Gradio draws: `blocks` (all of it), `tabs/`, `form`, `theme`, `api` and `calls` (public
names for Gradio's clients). Touches the studio's words and records; asks no vendor, waits for nothing.
"""
