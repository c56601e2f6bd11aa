"""What was given to printers today, and that each job is handed to one process once."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from enum import StrEnum

import msgspec

from hall_server.errors import Forbidden, Refused

KEPT = 5000
"""A day of a busy hall."""


class JobState(StrEnum):
    """How far a job is."""

    SENT = "sent"  # told to the printer
    TAKEN = "taken"  # a process has it: some of it may be on paper
    PRINTED = "printed"
    FAILED = "failed"  # did not come out, or not whole


class Job(msgspec.Struct, kw_only=True):
    """One sheet for one printer.

    Attributes:
        kiosk: beside which the visitor stands; None: somebody else wanted it.
        ticket, number: whose slip it is; None and empty: something else.
        taken_by: id of the request that took it.
        reason: why it failed. is_begun: some of it may have come out all the same.
        sheets: how many came out, where the printer says it.
    """

    id: str
    printer: str
    at: datetime
    kiosk: str | None = None
    ticket: str | None = None
    number: str = ""
    state: JobState = JobState.SENT
    taken_by: str | None = None
    reason: str = ""
    is_begun: bool = False
    sheets: int | None = None


class PrintJobs:
    """The ledger, in memory: after a restart of the server no older job is printed any more."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._by_ticket: dict[str, str] = {}

    def add(self, job: Job) -> None:
        """Note a job."""
        self._jobs[job.id] = job
        if job.ticket is not None:
            self._by_ticket[job.ticket] = job.id
        if len(self._jobs) > KEPT:
            _, old = self._jobs.popitem(last=False)
            if old.ticket is not None and self._by_ticket.get(old.ticket) == old.id:
                del self._by_ticket[old.ticket]

    def of(self, job: str) -> Job | None:
        """A job."""
        return self._jobs.get(job)

    def of_ticket(self, ticket: str) -> Job | None:
        """The last job for a ticket."""
        return self._jobs.get(self._by_ticket.get(ticket, ""))

    def take(self, job_id: str, *, device: str, request: str) -> Job:
        """Hand a job to whoever asks first; the same request again gets it again.

        Raises:
            Refused: ``print.unknown_job``, ``print.taken``, ``print.over``.
            Forbidden: ``print.not_yours``.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise Refused("print.unknown_job", job=job_id)
        if job.printer != device:
            raise Forbidden("print.not_yours", job=job_id)
        if job.taken_by is not None and job.taken_by != request:
            raise Refused("print.taken", job=job_id)
        if job.state in (JobState.PRINTED, JobState.FAILED):
            raise Refused("print.over", job=job_id)
        job.state, job.taken_by = JobState.TAKEN, request
        return job
