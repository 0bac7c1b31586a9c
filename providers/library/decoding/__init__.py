"""Whatever decodes does so in processes of its own: `tasks` (what is asked and answered), `worker` (the
process), `processes` (one of them, seen from the studio), `lanes` (how many, for how long, and who asks).

A picture costs memory by its size and not by its bytes, and a decoder is the part that a hostile file can
break. So it is bounded there: in memory, in time, and in how many are decoded at once.
"""
