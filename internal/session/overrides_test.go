package session

import (
	"testing"
	"time"
)

// The service's settings go before what a program sets.
func TestOverridesGoBeforeWhatIsSet(t *testing.T) {
	s := newTestSession(t)
	s.cfg.Overrides = map[string]string{"execution.checkpointing.interval": "60000 ms"}
	s.SetOption("execution.checkpointing.interval", "1 s")
	s.SetOption("execution.checkpointing.min-pause", "7 s")
	c, err := s.jobConfig()
	if err != nil {
		t.Fatal(err)
	}
	if c.run.Interval != time.Minute || c.run.MinPause != 7*time.Second {
		t.Errorf("interval %s, pause %s", c.run.Interval, c.run.MinPause)
	}
}
