"""Which marks of accounts an owner has said are of one and the same: a key was renewed, an address moved."""

from providers.history.database import Database

_KNOWN = """with recursive same (mark) as (
    select ? union select case when one = mark then other else one end
    from same join same_account on owner = ? and mark in (one, other)
) select 1 from same where mark = ?"""


class Accounts:
    """What was answered about accounts. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say_same(self, owner: str, one: str, other: str) -> None:
        """Keep that for this owner both marks are of one account."""
        question = "insert into same_account (owner, one, other) values (?, ?, ?)"
        self._database.write(
            lambda: self._database.execute(question, owner, one, other), urgent=True
        )

    def are_same(self, owner: str, one: str, other: str) -> bool:
        """Whether this owner has said so, of the two themselves or by way of others."""
        return self._database.one(_KNOWN, one, owner, other) is not None

    def said_same(self) -> list[tuple[str, str, str]]:
        """All that owners have said: who, and of which two marks."""
        found = self._database.all("select owner, one, other from same_account order by rowid")
        return [(str(owner), str(one), str(other)) for owner, one, other in found]
