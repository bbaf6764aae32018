package nexmark

import (
	"math"

	"weir/internal/batch"
)

// Where ids begin, and how they are drawn (GeneratorConfig, AuctionGenerator,
// BidGenerator, PersonGenerator).
const (
	firstPerson   = 1000
	firstAuction  = 1000
	firstCategory = 10
	numCategories = 5
	hotBatch      = 100 // the first of so many people or auctions is the hot one
	idLead        = 10  // ids that are not there yet, but drawn
	inFlight      = 100 // auctions open at a time
	activePeople  = 1000
)

// The kinds of event, by event_type.
const (
	personEvent = iota
	auctionEvent
	bidEvent
)

// generator makes the events of a stream (NexmarkGenerator). Its whole state is
// the number of the next event and the random number's.
type generator struct {
	opts  *Options
	base  int64 // the time of the first event, ms
	delay float64
	texts *texts
	rand  random
	count int64
	buf   []byte
}

func newGenerator(o *Options, base int64) *generator {
	return &generator{opts: o, base: base, delay: 1e6 / float64(o.FirstRate), texts: newTexts(uint64(o.Seed)), rand: random{uint64(o.Seed)}, buf: make([]byte, 0, 512)}
}

// time is when event number n happens.
func (g *generator) time(n int64) int64 { return g.base + int64(float64(n)*g.delay)/1000 }

// event appends the next event to dst: event_type, then the rows of which one
// is not NULL; columns that are not asked for are nil.
func (g *generator) event(cols *columns, dst *batch.Batch) {
	n := g.count + 1
	id := n + 1
	g.count++
	switch rem, o := id%g.opts.total(), g.opts; {
	case rem < o.Persons:
		g.person(id, g.time(n), cols.begin(personEvent))
	case rem < o.Persons+o.Auctions:
		g.auction(id, n, g.time(n), cols.begin(auctionEvent))
	default:
		g.bid(id, g.time(n), cols.begin(bidEvent))
	}
	dst.N++
}

func (g *generator) person(event, ts int64, to *record) {
	r := &g.rand
	first, last := r.below(int32(len(firstNames))), r.below(int32(len(lastNames)))
	name := append(append(append(g.buf[:0], firstNames[first]...), ' '), lastNames[last]...)
	mail := word(name[len(name):], r, 7, ' ')
	mail = append(word(append(mail, '@'), r, 5, ' '), ".com"...)
	num := card(mail[len(mail):], r)
	city, state := cities[r.below(int32(len(cities)))], states[r.below(int32(len(states)))]
	extra := g.texts.piece(r, 8+len(name)+len(mail)+len(num)+len(city)+len(state), int(g.opts.PersonSize))
	to.long(g.lastPerson(event) + firstPerson)
	to.bytes(name)
	to.bytes(mail)
	to.bytes(num)
	to.text(city)
	to.text(state)
	to.long(ts)
	to.bytes(extra)
}

func (g *generator) auction(event, number, ts int64, to *record) {
	r := &g.rand
	seller := int64(0)
	if r.below(int32(g.opts.HotSellers)) > 0 {
		seller = g.lastPerson(event) / hotBatch * hotBatch
	} else {
		seller = g.drawPerson(event)
	}
	category := firstCategory + int64(r.below(numCategories))
	initial := price(r)
	length := 1 + r.longBelow(max(2*(g.time(number+inFlight*g.opts.total()/g.opts.Auctions)-ts), 1))
	name := word(g.buf[:0], r, 20, ' ')
	desc := word(name[len(name):], r, 100, ' ')
	reserve := initial + price(r)
	extra := g.texts.piece(r, 48+len(name)+len(desc), int(g.opts.AuctionSize))
	to.long(g.lastAuction(event) + firstAuction)
	to.bytes(name)
	to.bytes(desc)
	to.long(initial)
	to.long(reserve)
	to.long(ts)
	to.long(ts + length)
	to.long(seller + firstPerson)
	to.long(category)
	to.bytes(extra)
}

func (g *generator) bid(event, ts int64, to *record) {
	r := &g.rand
	var auction, bidder int64
	if r.below(int32(g.opts.HotAuctions)) > 0 {
		auction = g.lastAuction(event) / hotBatch * hotBatch
	} else {
		least := max(g.lastAuction(event)-inFlight, 0)
		auction = least + r.longBelow(g.lastAuction(event)-least+1+idLead)
	}
	if r.below(int32(g.opts.HotBidders)) > 0 {
		bidder = g.lastPerson(event)/hotBatch*hotBatch + 1
	} else {
		bidder = g.drawPerson(event)
	}
	amount := price(r)
	var channel, url string
	if r.below(2) > 0 {
		i := r.below(int32(len(channels)))
		channel, url = channels[i], g.texts.hotURLs[i]
	} else {
		i := r.below(numChannels)
		channel, url = g.texts.channels[i], g.texts.urls[i]
	}
	to.long(auction + firstAuction)
	to.long(bidder + 2*firstPerson) // the published generator adds it twice
	to.long(amount)
	to.text(channel)
	to.text(url)
	to.long(ts)
	to.bytes(g.texts.piece(r, 32, int(g.opts.BidSize)))
}

// price is 1 to 1,000,000 in cents, evenly over the magnitudes.
func price(r *random) int64 { return int64(math.Floor(math.Pow(10, r.float()*6)*100 + 0.5)) }

// lastPerson is the person made last before an event, counted from 0.
func (g *generator) lastPerson(event int64) int64 {
	epoch, offset := event/g.opts.total(), event%g.opts.total()
	return epoch*g.opts.Persons + min(offset, g.opts.Persons-1)
}

// drawPerson is one of the people active, or of those to come.
func (g *generator) drawPerson(event int64) int64 {
	n := g.lastPerson(event) + 1
	active := min(n, activePeople)
	return n - active + g.rand.longBelow(active+idLead)
}

// lastAuction is the auction made last before an event, counted from 0.
func (g *generator) lastAuction(event int64) int64 {
	epoch, offset := event/g.opts.total(), event%g.opts.total()
	switch o := g.opts; {
	case offset < o.Persons:
		epoch, offset = epoch-1, o.Auctions-1
	case offset >= o.Persons+o.Auctions:
		offset = o.Auctions - 1
	default:
		offset -= o.Persons
	}
	return epoch*g.opts.Auctions + offset
}
