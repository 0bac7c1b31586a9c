"""Who may come in: people, their passwords, and what they carry once they have signed in.

person.py       Person, and what a name and a password must be
passwords.py    salted scrypt hashes
register.py     people.db in the data folder: people, sessions, passes
listed.py       people whom the setting STUDIO_PEOPLE names
attempts.py     how often somebody may try
keys.py         keys that were pasted in the page: `keys` in the data folder
entrance.py     signing in and out, and who a secret belongs to
__main__.py     the command that adds, changes and removes people

Without people there is no sign-in: everybody who reaches the page is the one owner `local`.
"""
