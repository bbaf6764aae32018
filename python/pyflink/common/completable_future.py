"""Results that may not be there yet."""

import threading

__all__ = ["CompletableFuture"]


class CompletableFuture(object):
    """The result of a question put to the engine on a thread of its own."""

    def __init__(self, ask=None):
        self._done, self._value, self._error, self._callbacks = threading.Event(), None, None, []
        self._lock = threading.Lock()
        if ask is not None:
            threading.Thread(target=self._run, args=(ask,), daemon=True).start()

    def _run(self, ask):
        try:
            self._settle(ask(), None)
        except BaseException as e:  # told to whoever asks for the result
            self._settle(None, e)

    def _settle(self, value, error):
        with self._lock:
            self._value, self._error = value, error
            self._done.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def cancel(self):
        """Cannot be cancelled."""
        return False

    def cancelled(self):
        """Never."""
        return False

    def done(self):
        """Whether the result is there."""
        return self._done.is_set()

    def result(self, timeout=None):
        """The result; waits for it."""
        if not self._done.wait(timeout):
            raise TimeoutError()
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self):
        """The error there was instead of a result; waits for either."""
        self._done.wait()
        return self._error

    def set_result(self, result):
        """Sets the result."""
        self._settle(result, None)

    def add_done_callback(self, callback):
        """Calls back with this future once it is done."""
        with self._lock:
            if not self._done.is_set():
                self._callbacks.append(callback)
                return
        callback(self)
