package run

// status is what a sender says of a channel: whether it holds event time back.
//
// Its first on a channel, the opening, comes before any rows, and a task takes
// no rows before it has every channel's: else it would be chance which rows come
// before the news that another channel has nothing, and with it which are late.
//
// Going idle is said in the stream, behind the rows. Becoming active again is
// not: it counts at once (channel.wakes), because another channel may be read
// first, and its watermarks must not pass the rows that are on their way here.
type status struct {
	idle  bool
	wakes int64 // the channel's, when it was said: another wake and it is void
}

// say sends a status; the opening is the first.
func (o outputs) say(idle bool) error {
	for _, x := range o {
		for _, ch := range x.to {
			if err := ch.send(x.ctx, message{status: &status{idle, ch.wakes.Load()}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// sleep tells that no rows come for now, behind those collected.
func (o outputs) sleep() error {
	if err := o.flush(); err != nil {
		return err
	}
	return o.say(true)
}

// wake makes the channels active, at once.
func (o outputs) wake() {
	for _, x := range o {
		for _, ch := range x.to {
			ch.wakes.Add(1)
		}
	}
}
