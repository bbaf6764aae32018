"""A handle on a running job."""

from pyflink._weir.client import call
from pyflink._weir.missing import Unsupported
from pyflink.common.completable_future import CompletableFuture
from pyflink.common.job_execution_result import JobExecutionResult
from pyflink.common.job_id import JobID
from pyflink.common.job_status import JobStatus

__all__ = ["JobClient"]


class JobClient(Unsupported):
    """A handle on a running job."""

    def __init__(self, job_id):
        self._id = job_id

    def get_job_id(self):
        """The job's id."""
        return JobID(self._id)

    def get_job_status(self):
        """The job's state, as a future."""
        return CompletableFuture(lambda: JobStatus[call("job_status", job=self._id)["status"]])

    def cancel(self):
        """Cancels the job."""
        return CompletableFuture(lambda: call("job_cancel", job=self._id) and None)

    def stop_with_savepoint(self, advance_to_end_of_event_time=False, savepoint_directory=None, *_):
        """Stops the job with a savepoint; gives its path, as a future."""
        return CompletableFuture(lambda: call(
            "job_savepoint", job=self._id, stop=True, drain=bool(advance_to_end_of_event_time),
            dir=savepoint_directory or "")["path"])

    def trigger_savepoint(self, savepoint_directory=None, *_):
        """Takes a savepoint; gives its path, as a future."""
        return CompletableFuture(lambda: call(
            "job_savepoint", job=self._id, stop=False, drain=False, dir=savepoint_directory or "")["path"])

    def get_job_execution_result(self, *_):
        """How the job ended, as a future."""
        return CompletableFuture(lambda: JobExecutionResult(self._id, call("job_wait", job=self._id)))

    def get_accumulators(self, *_):
        """The job's accumulators, of which table jobs have none, as a future."""
        return CompletableFuture(lambda: {})
