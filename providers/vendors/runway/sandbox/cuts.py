"""The shots that a video is cut into: their words and seconds."""

from itertools import pairwise

Cut = tuple[str, int]
"""A shot: its words and its seconds."""


def even(story: str, seconds: int, count: int) -> tuple[Cut, ...]:
    """A story cut into so many shots, or as many as there are seconds, as even as whole seconds allow."""
    count = max(1, min(count, seconds))
    ends = [seconds * place // count for place in range(count + 1)]
    return tuple((story, end - start) for start, end in pairwise(ends))
