"""Restart strategies, as the options they stand for."""

__all__ = ["RestartStrategies", "RestartStrategyConfiguration"]


class RestartStrategyConfiguration(object):
    """A restart strategy: options of the job."""

    def __init__(self, options):
        self._options = options

    def get_description(self):
        """The strategy in words."""
        return ", ".join("%s: %s" % kv for kv in sorted(self._options.items()))


class RestartStrategies(object):
    """Makers of restart strategies."""

    @staticmethod
    def no_restart():
        """Never."""
        return RestartStrategyConfiguration({"restart-strategy": "none"})

    @staticmethod
    def fall_back_restart():
        """As the application is configured."""
        return RestartStrategyConfiguration({})

    @staticmethod
    def fixed_delay_restart(restart_attempts, delay_between_attempts):
        """So many times, so many milliseconds after a failure."""
        return RestartStrategyConfiguration({
            "restart-strategy": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": str(restart_attempts),
            "restart-strategy.fixed-delay.delay": "%d ms" % delay_between_attempts})

    @staticmethod
    def failure_rate_restart(max_failure_rate, failure_interval, delay_interval):
        """As long as failures are not more frequent than that."""
        return RestartStrategyConfiguration({
            "restart-strategy": "failure-rate",
            "restart-strategy.failure-rate.max-failures-per-interval": str(max_failure_rate),
            "restart-strategy.failure-rate.failure-rate-interval": "%d ms" % failure_interval,
            "restart-strategy.failure-rate.delay": "%d ms" % delay_interval})
