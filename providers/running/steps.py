"""The steps of a job, one after the other, from the press to the file."""

from providers.errors import StoreProblem
from providers.running.following import follow
from providers.running.life import Life
from providers.running.recovery import look_for
from providers.running.saving import save
from providers.running.sending import send


async def live(life: Life) -> None:
    """Step after step until the job is over or waits for a person."""
    resumed = True
    while life.job.is_open and not life.stopping:
        if life.withdrawn and (life.job.state == "waiting" or life.locked_out):
            # Not sent, and not to be sent through this connection; or sent, and not to be followed through it.
            return
        try:
            ask = life.tools.journal.database.ask
            await life.tools.pacing.learn(life.job, ask, life.switch)
            await _step(life, resumed=resumed)
            resumed = False
        except StoreProblem as error:
            # It cannot be asked just now. How the job stands is known, so it goes on there as after a restart.
            await life.wait_for_history(error)
        finally:
            if life.job.state == "waiting":
                life.slots.release(life.job.id)


async def _step(life: Life, *, resumed: bool) -> None:
    match life.job.state:
        case "waiting":
            await send(life)
        case "submitting" if life.job.submitted is None:
            await life.move("waiting")
        case "submitting":
            await look_for(life)
        case "queued" | "running":
            await follow(life, at_once=resumed)
        case _:
            life.slots.release(life.job.id)
            await save(life)
