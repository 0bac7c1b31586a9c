"""The web application around the page: `app` (all of it), `start` and `logs`, `routes` and their like (one
module for what is asked of one part of the studio), `live` (the feed), `media` (files), `guards`, and
who asks: `visitors`, `members`, `signin`. Touches the studio; draws nothing.
"""
