package medium

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/air/hwsim"
)

// Config says what the air is like. The zero value of Loss and Jitter is none.
type Config struct {
	Seed     uint64
	Min, Max wlan.DBm // of links that are not set
	Floor    wlan.DBm // frames that are weaker are not heard
	Jitter   int      // dB, either way, of each frame
	Loss     float64  // of links that are not set
}

// maxRadios bounds the table of links.
const maxRadios = 256

// A Link is what the radio To hears of the radio From.
type Link struct {
	From, To string
	Signal   wlan.DBm
	Loss     float64
}

// Stats are counts since the medium began.
type Stats struct {
	Frames    uint64 // sent by radios
	Delivered uint64 // to one receiver each
	Unheard   uint64 // below the floor
	Lost      uint64 // by chance
	Acked     uint64
	Refused   uint64 // by the kernel: the receiver is elsewhere, or gone
	Overruns  uint64
	Busy      time.Duration // at work, not waiting
}

// port is hwsim.Port.
type port interface {
	Next(f *hwsim.Frame) (hwsim.Kind, error)
	Pending() bool
	Deliver(to wlan.MAC, f *hwsim.Frame, signal wlan.DBm) error
	Report(f *hwsim.Frame, acked bool, signal wlan.DBm) error
	Flush() error
	Overruns() uint64
	Close() error
}

// A Medium carries the frames of radios. Its methods may be called from any
// goroutine while Run runs.
type Medium struct {
	config Config
	port   port

	mu        sync.Mutex
	radios    []*radio // by name
	byAddress map[wlan.MAC]*radio
	owner     map[wlan.MAC]*radio // of the addresses that interfaces have
	set       map[[2]string]Link
	draw      *rand.Rand
	stats     Stats
	frame     hwsim.Frame
}

type radio struct {
	name    string
	address wlan.MAC // towards hwsim
	at      wlan.MHz // where it last sent; 0: it has not
	links   []link   // what others hear of it, in the order of Medium.radios
	answers map[wlan.MAC]bool
	all     bool // it answers for every address that no radio has
}

type link struct {
	signal wlan.DBm
	loss   float64
}

// Open takes the air of the calling thread's network namespace from the kernel.
func Open(c Config) (*Medium, error) {
	p, err := hwsim.Open()
	if err != nil {
		return nil, err
	}
	return newMedium(c, p), nil
}

func newMedium(c Config, p port) *Medium {
	return &Medium{
		config: c, port: p, draw: rand.New(rand.NewPCG(c.Seed, 1)),
		byAddress: make(map[wlan.MAC]*radio), owner: make(map[wlan.MAC]*radio), set: make(map[[2]string]Link),
	}
}

// AddRadio lets a radio take part; addresses are those of its interfaces. Those
// of interfaces that are made later the kernel tells.
func (m *Medium) AddRadio(name string, address wlan.MAC, addresses ...wlan.MAC) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byAddress[address] != nil {
		return fmt.Errorf("radio %s: its address %v is %s's", name, address, m.byAddress[address].name)
	}
	if len(m.radios) == maxRadios {
		return fmt.Errorf("radio %s: there are %d radios", name, maxRadios)
	}
	r := &radio{name: name, address: address, answers: make(map[wlan.MAC]bool)}
	m.radios = append(m.radios, r)
	slices.SortFunc(m.radios, func(a, b *radio) int { return cmp.Compare(a.name, b.name) })
	m.byAddress[address] = r
	m.owner[address] = r
	for _, a := range addresses {
		m.owner[a] = r
	}
	m.relink()
	return nil
}

// RemoveRadio takes a radio out of the air. One that is not there is no error.
func (m *Medium) RemoveRadio(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.radios = slices.DeleteFunc(m.radios, func(r *radio) bool {
		if r.name != name {
			return false
		}
		delete(m.byAddress, r.address)
		for a, owner := range m.owner {
			if owner == r {
				delete(m.owner, a)
			}
		}
		return true
	})
	m.relink()
}

// SetLinks sets links, each both ways unless the other way is set too, now or
// before.
func (m *Medium) SetLinks(links []Link) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range links {
		m.set[[2]string{l.From, l.To}] = l
	}
	m.relink()
}

// AnswerFor lets a radio acknowledge for addresses that are not its own; none: for
// every address that no radio has.
func (m *Medium) AnswerFor(name string, addresses ...wlan.MAC) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.radios {
		if r.name != name {
			continue
		}
		r.all = r.all || len(addresses) == 0
		for _, a := range addresses {
			r.answers[a] = true
		}
		return nil
	}
	return fmt.Errorf("there is no radio %s", name)
}

// Signals returns what is heard of from: a signal for each other radio.
func (m *Medium) Signals(from string) map[string]wlan.DBm {
	m.mu.Lock()
	defer m.mu.Unlock()
	heard := make(map[string]wlan.DBm)
	for _, r := range m.radios {
		if r.name != from {
			continue
		}
		for i, l := range r.links {
			if m.radios[i] != r {
				heard[m.radios[i].name] = l.signal
			}
		}
	}
	return heard
}

// Stats returns the counts so far.
func (m *Medium) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Overruns = m.port.Overruns()
	return m.stats
}

// relink makes the table of links anew. mu is held.
func (m *Medium) relink() {
	for _, from := range m.radios {
		from.links = from.links[:0]
		for _, to := range m.radios {
			from.links = append(from.links, m.linkOf(from.name, to.name))
		}
	}
}

func (m *Medium) linkOf(from, to string) link {
	l, ok := m.set[[2]string{from, to}]
	if !ok {
		l, ok = m.set[[2]string{to, from}]
	}
	if ok {
		return link{l.Signal, l.Loss}
	}
	// Both ways alike: what weakens a signal weakens it in both directions.
	names := fnv.New64a()
	_, _ = names.Write([]byte(min(from, to) + "\x00" + max(from, to)))
	draw := rand.New(rand.NewPCG(m.config.Seed, names.Sum64()))
	return link{m.config.Min + wlan.DBm(draw.IntN(int(m.config.Max-m.config.Min)+1)), m.config.Loss}
}

// Run carries frames until ctx is done, and gives the air back to the kernel.
func (m *Medium) Run(ctx context.Context) error {
	defer m.port.Close()
	for ctx.Err() == nil {
		kind, err := m.port.Next(&m.frame)
		if errors.Is(err, hwsim.ErrIdle) {
			continue
		}
		if err != nil {
			return fmt.Errorf("medium: %w", err)
		}
		start := time.Now()
		err = m.take(kind)
		if err == nil && !m.port.Pending() {
			err = m.port.Flush()
		}
		m.mu.Lock()
		m.stats.Busy += time.Since(start)
		m.mu.Unlock()
		if err != nil {
			return fmt.Errorf("medium: %w", err)
		}
	}
	return nil
}

func (m *Medium) String() string { return "medium" }
