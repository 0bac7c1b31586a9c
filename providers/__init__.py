"""Everything the studio does without a page. Nothing here imports gradio. Start reading in `studio/studio.py`.

studio/ (what a door may ask for) rests on running/ (a job from the press to the file), durability/ (what keeps
a history from being lost) and people/ (who may come in); these on history/ (what is kept of jobs), jobs/ (the
words), vendors/ (who is asked), library/ (what was made) and catalogue/ (what may be asked for), in this order.
"""
