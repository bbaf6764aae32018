package kinesis

import "sync"

// pagePool keeps pages that were decoded, for their memory; the one used last is
// given out first.
type pagePool struct {
	mu    sync.Mutex
	pages []*page
}

// keepBytes is the most a page keeps in the pool: a page of many small records
// is kept, one of ten MiB is not.
const keepBytes = 4 << 20

// freshPage is a page to fill.
func (r *reader) freshPage() *page {
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	n := len(r.pool.pages)
	if n == 0 {
		return &page{}
	}
	p := r.pool.pages[n-1]
	r.pool.pages = r.pool.pages[:n-1]
	return p
}

// letGo takes a page back; nothing may point into it any more.
func (r *reader) letGo(p *page) {
	if p.token {
		r.tokens <- struct{}{} // there is room: tokens holds as many as there are
	}
	body, records := p.body, p.records
	if cap(body) > keepBytes {
		body = nil
	}
	*p = page{recordsAnswer: recordsAnswer{body: body[:0], records: records[:0]}}
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	if len(r.pool.pages) < pagesAhead+1 {
		r.pool.pages = append(r.pool.pages, p)
	}
}
