"""How a job ended."""

from pyflink.common.job_id import JobID

__all__ = ["JobExecutionResult"]


class JobExecutionResult(object):
    """How a job ended."""

    def __init__(self, job_id, end):
        self._id, self._end = job_id, end

    def get_job_id(self):
        """The job's id."""
        return JobID(self._id)

    def get_net_runtime(self):
        """How long the job ran, in milliseconds."""
        return self._end.get("runtime_ms", 0)

    def get_accumulator_result(self, accumulator_name):
        """An accumulator, of which table jobs have none."""
        return None

    def get_all_accumulator_results(self):
        """The accumulators, of which table jobs have none."""
        return {}

    def is_job_execution_result(self):
        """Always."""
        return True

    def __str__(self):
        return "Program execution finished\nJob with JobID %s has finished.\nJob Runtime: %d ms" % (
            self._id, self.get_net_runtime())
