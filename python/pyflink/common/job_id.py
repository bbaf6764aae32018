"""The id of a job."""

__all__ = ["JobID"]


class JobID(object):
    """The id of a job: 32 hexadecimal digits."""

    def __init__(self, job_id):
        self._id = job_id

    def __str__(self):
        return self._id

    def __repr__(self):
        return "JobID(%s)" % self._id

    def __eq__(self, other):
        return isinstance(other, JobID) and self._id == other._id

    def __hash__(self):
        return hash(self._id)
