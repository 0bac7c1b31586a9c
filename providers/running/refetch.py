"""A kept file that rotted is fetched once more, as long as its vendor still has the same bytes."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from providers.errors import InvalidRequest, StoreProblem, VendorError
from providers.jobs.job import Artifact, Job
from providers.library.audit import hash_of
from providers.library.vault import Vault
from providers.pools import FILES
from providers.running.saving import MOST_OUTPUTS
from providers.running.slots import Slots
from providers.vendors.connection import Connection
from providers.vendors.vendor import Output, Succeeded


async def fetch_again(
    job: Job, names: Collection[str], connection: Connection, slots: Slots, vault: Vault
) -> set[str]:
    """Which of these files of a done job are whole again. Sends nothing that could cost anything."""
    if job.ticket is None:
        return set()
    try:
        async with slots.gate.turn(job.id):
            update = await connection.provider.poll(job.ticket)
    except VendorError:
        return set()
    outputs = update.outputs if isinstance(update, Succeeded) else ()
    whole: set[str] = set()
    for artifact in [one for one in job.artifacts if one.sha256 in names]:
        for output in _likeliest(outputs, artifact.number - job.kept_before):
            if await _fetched(output, artifact, job, connection, vault):
                whole.add(artifact.sha256)
                break
    return whole


def _likeliest(outputs: Sequence[Output], number: int) -> list[Output]:
    """Where the bytes of a file may be: in its own place, counted from 1, or in another, where the task
    orders them anew."""
    place = max(0, number - 1)
    own, others = outputs[place : place + 1], (*outputs[:place], *outputs[place + 1 :])
    return [*own, *others][:MOST_OUTPUTS]


async def _fetched(
    output: Output, artifact: Artifact, job: Job, connection: Connection, vault: Vault
) -> bool:
    part = vault.part_of(job.id, artifact.number)
    with suppress(VendorError, StoreProblem, InvalidRequest, OSError):
        await connection.downloads.fetch(output.url, part)
        digest, _ = await FILES.run(hash_of, part)
        # Other bytes than were kept are another file: it does not take this one's place.
        if digest == artifact.sha256:
            await FILES.run(vault.keep, part)
            return True
    await FILES.run(vault.drop, part)
    return False
