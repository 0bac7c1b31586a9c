"""How the tables of the journal came to be, and what they are."""

HELD = "state in ('queued', 'running', 'saving', 'submitting', 'unsure', 'waiting')"
"""Jobs that are not over. Questions use these very words, or their index stays unused."""
OF_HELD = f"indexed by job_held where {HELD}"
"""The same where nothing else narrows the question: left alone, SQLite reads every job's state there."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """create table job (
            id text primary key, owner text not null, client_request_id text not null,
            request_sum text not null, token text not null, vendor text not null,
            task text, kind text not null, model text not null, state text not null,
            created real not null, revision integer not null, words text not null,
            doc text not null
        ) strict""",
        # A press of the button is one job, our mark is one job, and their task is one job.
        """create unique index job_press on job (owner, client_request_id)
            where client_request_id <> ''""",
        "create unique index job_token on job (vendor, token)",
        "create unique index job_task on job (vendor, task) where task is not null",
        "create index job_newest on job (owner, created desc, id desc)",
        "create index job_revision on job (owner, revision)",
        f"create index job_held on job (owner, created) where {HELD}",
        *(
            f"create index job_by_{column} on job (owner, {column}, created desc, id desc)"
            for column in ("kind", "state", "model")
        ),
        "create index job_counted on job (owner, kind, state, vendor, model)",
        """create table event (
            seq integer primary key, job text not null, at real not null,
            state text not null, detail text not null
        ) strict""",
        "create index event_job on event (job, seq)",
        """create table artifact (
            id text primary key, owner text not null, job text, number integer not null,
            sha256 text not null, created real not null, doc text not null
        ) strict""",
        "create unique index artifact_of_job on artifact (job, number) where job is not null",
        "create index artifact_sha256 on artifact (owner, sha256)",
        """create virtual table search using fts5
            (words, content='job', content_rowid='rowid', tokenize='unicode61 remove_diacritics 2')""",
        """create trigger job_added after insert on job begin
            insert into search (rowid, words) values (new.rowid, new.words); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, words) values ('delete', old.rowid, old.words);
        end""",
    ),
    (
        # SQLite does not notice bits that flip inside a value.
        "alter table job add column row_sum text not null default ''",
        "alter table artifact add column row_sum text not null default ''",
        # As bytes: a text that is none any more could not even be handed over.
        "update job set row_sum = sum_of(cast(doc as blob))",
        "update artifact set row_sum = sum_of(cast(doc as blob))",
        """create table damaged (
            seq integer primary key, job text not null, at real not null, doc
        )""",
    ),
    (
        """create table ledger (
            seq integer primary key, job text not null, owner text not null,
            vendor text not null, model text not null, sandbox integer not null,
            unit text not null, day text not null,
            kind text not null check (kind in ('reserve', 'settle', 'release')),
            amount integer not null, at real not null
        ) strict""",
        "create index ledger_job on ledger (job, unit)",
        "create index ledger_caps on ledger (vendor, day, sandbox, owner, unit, kind, amount)",
        "create index ledger_owner on ledger (owner, day)",
    ),
    (
        # Room on the disk that the results of jobs which are not over will take.
        "alter table job add column room integer not null default 0",
        f"create index job_room on job (room) where {HELD}",
        # A file's rows are asked for whatever their owner.
        "create index artifact_bytes on artifact (sha256)",
        "create index job_failed on job (created) where state = 'failed' and task is not null",
    ),
    (
        # What stays of a job that a person deleted: its press, its task, its state for the ledger, and
        # the names of its files until they are removed.
        """create table deleted (
            job text primary key, owner text not null, client_request_id text not null,
            request_sum text not null, vendor text not null, task text,
            revision integer not null, doc text not null, row_sum text not null, files text not null
        ) strict""",
        "create index deleted_press on deleted (owner, client_request_id)",
        "create index deleted_task on deleted (vendor, task)",
        "create index deleted_revision on deleted (owner, revision)",
        "create index deleted_files on deleted (job) where files <> ''",
    ),
    (
        # What a person marks a job with. Tags stand between line breaks, and are found by a search.
        "alter table job add column starred integer not null default 0",
        "alter table job add column tags text not null default ''",
        "create index job_starred on job (owner, created desc, id desc) where starred = 1",
        "create index job_tagged on job (owner, created desc, id desc, tags) where tags <> ''",
        "drop trigger job_added",
        "drop trigger job_removed",
        "drop table search",
        """create virtual table search using fts5
            (words, tags, content='job', content_rowid='rowid',
            tokenize='unicode61 remove_diacritics 2')""",
        "insert into search (search) values ('rebuild')",
        """create trigger job_added after insert on job begin
            insert into search (rowid, words, tags) values (new.rowid, new.words, new.tags); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, words, tags)
            values ('delete', old.rowid, old.words, old.tags); end""",
        """create trigger job_tags after update of tags on job when old.tags <> new.tags begin
            insert into search (search, rowid, words, tags)
            values ('delete', old.rowid, old.words, old.tags);
            insert into search (rowid, words, tags) values (new.rowid, new.words, new.tags); end""",
    ),
    (
        # The batch that a job was made with.
        "alter table job add column batch text",
        """create index job_by_batch on job (owner, batch, created desc, id desc)
            where batch is not null""",
    ),
    (
        # The day that a job counts to, and until when: its name alone means other moments in another
        # zone. Entries that a change of zone had put on several days come together on the first.
        """create table reservation (
            job text primary key, vendor text not null, owner text not null, day text not null,
            made real not null, ends real not null
        ) strict, without rowid""",
        """insert into reservation
            select job, vendor, owner, day, coalesce((select created from job where id = ledger.job), at),
            coalesce(cast(strftime('%s', day, '+1 day', 'utc') as real), at + 86400)
            from ledger where seq in (select min(seq) from ledger group by job)""",
        "create index reservation_at on reservation (vendor, ends)",
        "create index reservation_of on reservation (owner, ends)",
        """update ledger set day = (select day from reservation where job = ledger.job)
            where day <> (select day from reservation where job = ledger.job)""",
        "drop index ledger_caps",
        "drop index ledger_owner",
        "drop index ledger_job",
        "create index ledger_job on ledger (job, unit, kind, amount)",
    ),
    (
        # Marks of accounts that an owner has said are of one and the same.
        """create table same_account (
            owner text not null, one text not null, other text not null
        ) strict""",
    ),
    (
        # One spelling for what is kept and what is asked. The index parts it at blanks alone: whatever else
        # is written in it is a part of a word.
        "alter table job add column sought text not null default ''",
        "update job set sought = sought_in(cast(words as blob), cast(tags as blob))",
        "drop trigger job_added",
        "drop trigger job_removed",
        "drop trigger job_tags",
        "drop table search",
        """create virtual table search using fts5
            (sought, content='job', content_rowid='rowid', tokenize='ascii')""",
        "insert into search (search) values ('rebuild')",
        """create trigger job_added after insert on job begin
            insert into search (rowid, sought) values (new.rowid, new.sought); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, sought) values ('delete', old.rowid, old.sought);
        end""",
        """create trigger job_sought after update of sought on job when old.sought <> new.sought begin
            insert into search (search, rowid, sought) values ('delete', old.rowid, old.sought);
            insert into search (rowid, sought) values (new.rowid, new.sought); end""",
    ),
    (
        # Words of scripts without spaces come apart, signs are words, and a second index holds every three
        # letters in a row.
        "drop trigger job_added",
        "drop trigger job_removed",
        "drop trigger job_sought",
        "update job set sought = sought_in(cast(words as blob), cast(tags as blob))",
        """create virtual table parts using fts5
            (sought, content='job', content_rowid='rowid', tokenize='trigram')""",
        "insert into search (search) values ('rebuild')",
        "insert into parts (parts) values ('rebuild')",
        """create trigger job_added after insert on job begin
            insert into search (rowid, sought) values (new.rowid, new.sought);
            insert into parts (rowid, sought) values (new.rowid, new.sought); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, sought) values ('delete', old.rowid, old.sought);
            insert into parts (parts, rowid, sought) values ('delete', old.rowid, old.sought); end""",
        """create trigger job_sought after update of sought on job when old.sought <> new.sought begin
            insert into search (search, rowid, sought) values ('delete', old.rowid, old.sought);
            insert into search (rowid, sought) values (new.rowid, new.sought);
            insert into parts (parts, rowid, sought) values ('delete', old.rowid, old.sought);
            insert into parts (rowid, sought) values (new.rowid, new.sought); end""",
    ),
    (
        # Jobs of the same words. Their beginning is enough to find them by.
        "create index job_words on job (owner, vendor, substr(words, 1, 48), created desc)",
    ),
    (
        # Plans that owners have saved. What a list of them shows stands in columns of its own.
        """create table plan (
            id text primary key, owner text not null, client_request_id text not null,
            name text not null, template integer not null, model text not null,
            shots integer not null, seconds real not null, revision integer not null,
            created real not null, updated real not null, doc text not null, row_sum text not null
        ) strict""",
        "create index plan_owner on plan (owner, updated desc, id desc)",
        """create unique index plan_press on plan (owner, client_request_id)
            where client_request_id <> ''""",
    ),
)
"""Each entry lifts the schema by one version; entries are never changed, only added."""
