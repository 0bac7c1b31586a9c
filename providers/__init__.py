"""Everything the studio does without a page: what may be asked for, who is asked,
what was asked, what was made.

Start reading in `studio.py`. Nothing here imports gradio.
"""
