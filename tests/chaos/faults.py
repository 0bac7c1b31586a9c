"""Every fault that the studio must stand, by its number, and the tests that prove it.

A test proves a case by wearing its mark, `@pytest.mark.fault("F3")`, of one number or several.
`python -m tests.chaos.faults` prints the table; `test_faults.py` fails where a number has no test.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.support.sources import Function, Module, modules

CASES: Mapping[str, str] = {
    # Create
    "F1": "the connection is refused, or the name leads nowhere",
    "F2": "no safe connection comes about",
    "F3": "the answer does not come in time after the body was sent",
    "F4": "the connection is reset after the vendor accepted",
    "F5": "502, 503 or 504 after the vendor accepted",
    "F6": "500 before the vendor accepted",
    "F7": "200 with a web page that calls itself JSON",
    "F8": "200 with JSON that ends too early",
    "F9": "200 without an id that can be used",
    "F10": "an error inside a 200",
    "F11": "429, with every way to say how long to wait",
    "F12": "the account is refused: key, subscription, rights, credits, session",
    "F13": "the request is refused with details",
    "F14": "the create call is redirected",
    "F15": "the vendor has a task with our id already",
    "F16": "one press arrives many times",
    "F17": "one press arrives with two requests",
    "F18": "of four jobs two are accepted, one is refused, one is unclear",
    "F19": "a kill at any point of a job's life",
    "F20": "prompts of every length and script",
    "F21": "seeds of every type and size",
    "F22": "the key is gone between the press and the create call",
    # Status
    "F23": "progress in every form",
    "F24": "a status word that nobody knows",
    "F25": "a finished task runs again",
    "F26": "success without files",
    "F27": "lists of files with what does not belong there",
    "F28": "a failed task succeeds later",
    "F29": "a task waits for a very long time",
    "F30": "a new task is not known yet",
    "F31": "a task is not known any more",
    "F32": "a look fails",
    "F33": "an answer is about another task",
    "F34": "answers come out of order",
    "F35": "moments in every form",
    "F36": "the clock jumps",
    "F37": "the machine sleeps for eight hours",
    "F38": "fifty jobs of one account are followed",
    "F39": "the page's live feed drops",
    "F40": "answers with fields and types that nobody expects",
    # Download
    "F41": "a file's link is dead",
    "F42": "the content type lies",
    "F43": "the length is missing, wrong, or told twice",
    "F44": "the connection ends inside a file",
    "F45": "the vendor answers another range than the one that was asked for",
    "F46": "a file ends early and nobody says so",
    "F47": "a file comes far too slowly",
    "F48": "the headers of a file come far too slowly",
    "F49": "a small packet unpacks to a mountain",
    "F50": "a file of ten gigabytes",
    "F51": "a file without a byte",
    "F52": "a link leads to a private place, or on and on",
    "F53": "two outputs have the same content",
    "F54": "the vendor deletes a result before it is fetched",
    "F55": "a kill while a file is fetched, named and written down",
    # Store and disk
    "F56": "the disk is full before a press",
    "F57": "the disk is full with a ticket in hand",
    "F58": "the disk is full during a download",
    "F59": "a start on a full disk",
    "F60": "no room for names, a quota, or a disk that fails",
    "F61": "a data folder that may only be read",
    "F62": "a data folder that is missing, a file, or on a strange file system",
    "F63": "the history is empty or gone beside stored files",
    "F64": "the history is damaged",
    "F65": "the history is deleted while the studio runs",
    "F66": "the history's log is missing after a crash",
    "F67": "flipped bytes in one row",
    "F68": "a stored file rots",
    "F69": "files without rows and rows without files",
    "F70": "a cache is damaged, locked or deleted",
    "F71": "pickles and paths planted in a cache",
    "F72": "a second process on the same data folder",
    "F73": "an older version opens a newer history, and the reverse",
    "F74": "a history of a hundred thousand jobs",
    "F75": "five thousand open jobs at a start",
    "F76": "a backup under load, restored elsewhere",
    # Web and users
    "F77": "the page is closed, reloaded or opened twice",
    "F78": "the server restarts under an open page",
    "F79": "a callback arrives a hundred times, too early, too late, or for nobody",
    "F80": "a forged callback",
    "F81": "uploads of every bad kind",
    "F82": "an upload on a full disk, or one that breaks off",
    "F83": "a foreign Host or Origin",
    "F84": "markup in every text field",
    "F85": "one user guesses the ids of another",
    "F86": "a thousand presses by one user",
    "F87": "two presses reach a cap together",
    "F88": "a session ends during a press",
    "F89": "the server is told to end during a create call",
    "F90": "the data folder is wiped",
    "F91": "a cancellation in every state",
    "F92": "log lines with line ends, escapes or secrets",
    "F93": "a dependency is absent",
    # Read against the grain
    "F94": "the answer to a create call that was taken breaks the client that reads it",
    "F95": "an older data folder is put back in the place of the one that was used",
    "F96": "the key or the address of another account while a paid task runs",
    "F97": "the time zone changes between a job's first and last entry in the ledger",
    "F98": "a lost task is at the vendor, but late, far down its list, or at another hour than ours",
    "F99": "a vendor tells a number out of all bounds, and no pause at all between create calls",
    "F100": "something unforeseen breaks one of several files' way here",
    "F101": "what was to end a broken job breaks itself, with a ticket that no disk has",
    "F102": "the key of a paid job is gone for good",
    "F103": "a task is taken in while the create call that made it is in flight",
    "F104": "a press while the server ends",
    "F105": "a reader holds the history at the moment of a commit",
    "F106": "file operations that do not come back",
    "F107": "a disk that takes half a second for every sync",
    "F108": "more jobs change at once than a watcher is behind",
    "F109": "a word whose letters can be written in several ways",
    "F110": "the clock is set back by days beside a delete, or a balance",
    "F111": "a person marks a job while a step of it is on its way to the disk",
    # Tried after it had only been read
    "F112": "a job whose own task is known is given another one",
    "F113": "a task lists its files in another order after a person has it checked again",
    "F114": "the account cannot be asked when a job becomes unsure",
    "F115": "a row that cannot be read, or any other error, before a job is taken up at a start",
    "F116": "an answer names a task and tells of an error",
    "F117": "room is made on a full disk while a file waits for its row",
    "F118": "a page asks for what takes long",
    "F119": "the clock was ahead once, and the disk is set back later",
    "F120": "names that answers tell are looked up without end",
    "F121": "the folder for temporary files hangs",
    "F122": "a lost history is brought back in another time zone",
    "F123": "a key is renewed while tasks are looked for",
    "F124": "a job that let go of its task keeps files of it, and finds its own",
    "F125": "a page on the disk, or the version, of the index for searches is damaged",
    "F126": "a job is done with a task that turns out to be another one's",
}
NOT_HERE: Mapping[str, str] = {}
"""Cases that cannot happen, and why."""
ASKED = tuple(number for number in CASES if number not in NOT_HERE)
"""Numbers that must have a test."""
NO_VENDORS_AFFAIR: Mapping[str, str] = {
    "F39": "no vendor's stream is listened to: tasks are asked about, and the feed is the page's own",
    "F48": "files of all vendors are fetched by one and the same code, and only a socket can drip headers",
    "F53": "files of all vendors are kept by one and the same code",
}
"""Cases before F56 that have nothing to do with which vendor it is, and why."""
LATER = (
    "F94", "F95", "F96", "F98", "F99", "F100", "F101", "F102", "F103", "F104", "F112", "F113", "F114",
    "F115", "F116", "F123", "F124", "F126",
)  # fmt: skip
"""Cases after F55 that may differ with the vendor."""
OF_VENDORS = (*(number for number in ASKED[:55] if number not in NO_VENDORS_AFFAIR), *LATER)
"""Numbers that must be proved with every vendor at the other end."""


@dataclass(frozen=True, order=True)
class Proof:
    """A marked test: where it stands, what it is called, whether it runs once for every vendor."""

    path: str
    test: str
    every_vendor: bool = False


@cache
def proofs() -> dict[str, list[Proof]]:
    """Every number that some test is marked with, and those tests."""
    found: dict[str, list[Proof]] = {}
    for module in modules():
        if not module.path.startswith("tests/"):
            continue
        for function in module.functions():
            for number in marks(function):
                proof = Proof(module.path, function.name, _is_for_vendors(module, function))
                found.setdefault(number, []).append(proof)
    return found


def marks(function: Function) -> list[str]:
    """The numbers that a test is marked with. ValueError where one is not written out."""
    found: list[str] = []
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault":
            for number in decorator.args:
                if not (isinstance(number, ast.Constant) and isinstance(number.value, str)):
                    raise ValueError(f"{function.name}: {ast.unparse(number)} is no number.")
                found.append(number.value)
    return found


def _is_for_vendors(module: Module, function: Function) -> bool:
    takes = "vendor" in [argument.arg for argument in function.args.args]
    own = " ".join(ast.unparse(one) for one in function.decorator_list)
    return takes and ("VENDORS" in own or "VENDORS" in _marks_of(module))


def _marks_of(module: Module) -> str:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return ast.unparse(node.value)
    return ""


def table() -> Iterator[str]:
    """A line a case, and under it a line a test."""
    found = proofs()
    for number, name in CASES.items():
        yield f"{number:4} {name}"
        if number in NOT_HERE:
            yield f"     - {NOT_HERE[number]}"
        for proof in sorted(found.get(number, [])):
            where = f"{proof.path}::{proof.test}"
            yield f"     {where}{' (every vendor)' if proof.every_vendor else ''}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
