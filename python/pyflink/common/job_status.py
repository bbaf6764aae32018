"""The states of a job."""

from enum import Enum

__all__ = ["JobStatus"]


class JobStatus(Enum):
    """A state of a job."""

    CREATED = 0
    RUNNING = 1
    FAILING = 2
    FAILED = 3
    CANCELLING = 4
    CANCELED = 5
    FINISHED = 6
    RESTARTING = 7
    SUSPENDED = 8
    RECONCILING = 9
    INITIALIZING = 10

    def is_globally_terminal_state(self):
        """Whether the job is over for good."""
        return self in (JobStatus.FINISHED, JobStatus.CANCELED, JobStatus.FAILED)

    def is_terminal_state(self):
        """Whether the job is over."""
        return self.is_globally_terminal_state() or self is JobStatus.SUSPENDED
