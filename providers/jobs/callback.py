"""Where a vendor calls once a job's task has ended: below the studio's address, with the job's secret."""

import re
import secrets

from providers.jobs.job import Job, JobId

CALLBACKS = "/callbacks/"
"""Below this a vendor calls: the job's id, then its secret."""
_PATH = re.compile(rf"{CALLBACKS}(?P<job>[\w-]{{1,64}})/(?P<secret>[\w-]{{1,64}})/?", re.ASCII)


def callback_address(root: str, job_id: JobId) -> str:
    """A new address for this job. Its secret is 128 bits of chance, and begins as `shown` knows it."""
    return f"{root}{CALLBACKS}{job_id}/call-{secrets.token_urlsafe(16)}"


def read_callback(path: str) -> tuple[JobId, str] | None:
    """Which job a call to this path is about, and the secret in it; None where it names none."""
    found = _PATH.fullmatch(path)
    return None if found is None else (found["job"], found["secret"])


def is_callback_of(job: Job, secret: str) -> bool:
    """Whether this is the secret of the job's own address."""
    own = job.callback.rpartition("/")[2]
    return bool(own) and secrets.compare_digest(own.encode(), secret.encode())
