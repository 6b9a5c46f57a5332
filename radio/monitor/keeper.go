package monitor

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"picket/radio/nl80211"
	"picket/shared/task"
)

// Times of a Keeper.
const (
	look0     = 30 * time.Second      // between looks when nothing happens
	gather    = 50 * time.Millisecond // after an event: most come in swarms
	settle    = time.Second           // until who was just plugged in is claimed: udev renames, firmware loads
	again     = 10 * time.Second      // at most, until a kernel that does not answer is asked again
	quiet     = 5 * time.Minute       // of listening undisturbed, after which disturbances are forgotten
	lingering = 5 * time.Minute       // after somebody used it, in which who is still switched on is not taken
	memory    = time.Hour             // of who was unplugged
	patient   = 3                     // disturbances that are put right at once
)

// Config says what a Keeper shall do.
type Config struct {
	// Kernel opens the machine; nil: Host. Its error is os.ErrNotExist while the
	// kernel has no nl80211, which may change when a driver is loaded.
	Kernel func() (*Kernel, error)

	// StateDir holds, in radio.json, what must be put back should this process be
	// killed; it need not outlive the boot. Empty: that is not remembered.
	StateDir string

	// Use says whether an adapter may be claimed, and if not, why: a clause. Called
	// again whenever anything changes, and after Reconsider. Nil: all.
	Use func(Candidate) (bool, string)

	// Changed is told all adapters, sorted by name, whenever anything about one of
	// them changed. Nil: nobody.
	Changed func([]Adapter)

	// Event is told what a person may want to know. Nil: the log is.
	Event func(Event)
}

// Keeper claims the wiphys of a network namespace and keeps them. Its functions of
// Config are called from Run's goroutine, one at a time; its methods may be called
// by any.
type Keeper struct {
	cfg  Config
	log  *slog.Logger
	wake chan struct{} // something may have changed

	mu         sync.Mutex
	complaints map[string]string // of silence: evidence by adapter
	country    string            // asked for
	initiator  nl80211.Initiator // of the last regulatory change

	// Of Run's goroutine:
	kernel     *Kernel
	boot       string
	left       []hold // what must be put back at wiphys that are not there: a former process's, or one that is moved about
	written    []hold // to StateDir
	saved      bool
	adapters   map[uint32]*adapter
	gone       map[string]memo // by identity
	told       []Adapter
	toldAny    bool
	generation uint64
	domain     string    // country in force, as told last
	asked      time.Time // for a country
	started    bool
}

// adapter is a wiphy and what is done with it.
type adapter struct {
	wiphy  nl80211.Wiphy
	device device
	quirk  quirk
	domain nl80211.Domain

	hold    *hold  // what was changed; nil: nothing
	ifindex uint32 // of the monitor interface; 0: none
	ifname  string
	way     way

	state      State
	text       string
	generation uint64

	retry        time.Time // not to be claimed before
	failures     pause
	disturbances int
	contest      pause
	since        time.Time // of the last claim
	silence      silence
	used         time.Time // last, by somebody
	usedWhy      verdict
}

// memo is what is kept of an adapter that was unplugged.
type memo struct {
	name    string
	at      time.Time
	silence silence
}

// New returns a Keeper, which does nothing before it runs.
func New(cfg Config, log *slog.Logger) *Keeper {
	if cfg.Kernel == nil {
		cfg.Kernel = Host
	}
	return &Keeper{
		cfg: cfg, log: log, wake: make(chan struct{}, 1), complaints: make(map[string]string),
		adapters: make(map[uint32]*adapter), gone: make(map[string]memo),
	}
}

// String names the task.
func (k *Keeper) String() string { return "radios" }

// Silent tells that an adapter delivers nothing where there cannot be silence.
// evidence is a clause for people. A cure is tried if the last one is long enough
// ago; complaints in between are ignored, so that nobody has to count them.
func (k *Keeper) Silent(name, evidence string) {
	k.mu.Lock()
	if len(k.complaints) < maxHolds {
		k.complaints[name] = evidence
	}
	k.mu.Unlock()
	k.poke()
}

// Reconsider makes the Keeper ask Config.Use again.
func (k *Keeper) Reconsider() { k.poke() }

// SetCountry asks the kernel for the regulatory domain of a country (ISO 3166-1
// alpha-2; empty: leave it). It does not reach wiphys whose firmware decides.
func (k *Keeper) SetCountry(country string) {
	k.mu.Lock()
	k.country = country
	k.mu.Unlock()
	k.poke()
}

func (k *Keeper) poke() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Run keeps the wiphys until ctx is done, and then puts all back as found.
func (k *Keeper) Run(ctx context.Context) error {
	var p pause
	said := ""
	for ctx.Err() == nil {
		began := time.Now()
		kernel, err := k.cfg.Kernel()
		if err == nil {
			err = k.serve(ctx, kernel)
		}
		if err == nil {
			continue
		}
		if time.Since(began) > time.Minute {
			p, said = pause{}, ""
		}
		if err.Error() != said {
			k.log.Warn("radios cannot be kept for now", "err", err)
			said = err.Error()
		}
		k.lost(err)
		_ = task.Sleep(ctx, p.grow(time.Second, again))
	}
	return nil
}

// lost tells that nothing can be said of the adapters for now. What must be put
// back is not forgotten.
func (k *Keeper) lost(err error) {
	for _, a := range k.adapters {
		if a.state == Listening {
			a.state, a.text = Failed, sentence(fmt.Sprintf("the kernel's wireless stack does not answer (%s); if that stays so, restart the box", first(err)))
		}
	}
	k.tell(nil)
}

// serve works with one kernel until ctx is done or the kernel fails.
func (k *Keeper) serve(ctx context.Context, kernel *Kernel) error {
	k.kernel = kernel
	defer kernel.Close()
	watching, stop := context.WithCancel(ctx)
	failed := make(chan error, 1)
	go func() { failed <- kernel.Watch(watching, k.radioEvent, k.poke) }()
	watchEnded := false
	defer func() {
		stop()
		if !watchEnded {
			<-failed
		}
	}()
	if k.boot == "" {
		k.recall()
	}
	for {
		next, err := k.reconcile(time.Now())
		if err != nil {
			return err
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			k.releaseAll()
			return nil
		case err := <-failed:
			timer.Stop()
			watchEnded = true
			if ctx.Err() != nil {
				k.releaseAll()
			}
			return err
		case <-k.wake:
			timer.Stop()
			if task.Sleep(ctx, gather) == nil {
				select { // what came meanwhile is seen by the next look
				case <-k.wake:
				default:
				}
			}
		case <-timer.C:
		}
	}
}

func (k *Keeper) radioEvent(e nl80211.Event) {
	if e.Kind == nl80211.RegulatoryChange {
		k.mu.Lock()
		k.initiator = e.Initiator
		k.mu.Unlock()
	}
	k.poke()
}

// recall reads what a process that was killed left behind.
func (k *Keeper) recall() {
	k.boot = bootID(k.kernel.Files)
	left, err := loadHolds(k.cfg.StateDir, k.boot)
	if err != nil {
		k.log.Warn("what a former run changed is not known", "err", err)
	}
	k.left = left
}

// reconcile looks at what is, does what is missing, tells what changed, and
// returns when to look again.
func (k *Keeper) reconcile(now time.Time) (time.Duration, error) {
	s, err := look(k.kernel)
	if err != nil {
		return 0, err
	}
	var departed []Adapter
	for index, a := range k.adapters {
		if !slices.ContainsFunc(s.wiphys, func(w nl80211.Wiphy) bool { return w.Index == index && w.MAC == a.wiphy.MAC }) {
			departed = append(departed, k.depart(a, now))
			delete(k.adapters, index)
		}
	}
	for _, w := range s.wiphys {
		a := k.adapters[w.Index]
		if a == nil {
			a = k.arrive(w, now)
		}
		a.wiphy = w
	}
	complaints := k.takeComplaints()
	next := look0
	for _, w := range s.wiphys {
		a := k.adapters[w.Index]
		k.tend(a, s, now)
		if evidence, silent := complaints[w.Name]; silent && a.state == Listening {
			k.cure(a, s, now, evidence)
		}
		if wait := a.retry.Sub(now); wait > 0 {
			next = min(next, wait)
		}
	}
	k.regulate(s, now)
	k.tell(departed)
	k.save()
	k.started = true
	return next, nil
}

func (k *Keeper) takeComplaints() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	complaints := k.complaints
	k.complaints = make(map[string]string)
	return complaints
}

// releaseAll puts everything back as found.
func (k *Keeper) releaseAll() {
	for _, a := range k.sorted() {
		if a.hold == nil {
			continue
		}
		err := k.release(a)
		if err != nil {
			err = k.release(a) // in another order of things it may go
		}
		text := a.wiphy.Name + " was put back as found"
		if err != nil {
			text += " but for what failed: " + first(err)
			k.log.Error("radio not put back as found", "wiphy", a.wiphy.Name, "err", err)
		}
		k.event(time.Now(), Released, a.wiphy.Name, text)
		a.state, a.text = Unused, sentence("put back as found")
	}
	k.tell(nil)
}

func (k *Keeper) sorted() []*adapter {
	all := make([]*adapter, 0, len(k.adapters))
	for _, a := range k.adapters {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *adapter) int {
		return cmp.Or(cmp.Compare(a.wiphy.Name, b.wiphy.Name), cmp.Compare(a.wiphy.Index, b.wiphy.Index))
	})
	return all
}

// save writes down what must be put back.
func (k *Keeper) save() {
	var holds []hold
	for _, a := range k.sorted() {
		if a.hold != nil && !a.hold.empty() {
			h := *a.hold
			h.Changed = slices.Clone(h.Changed)
			holds = append(holds, h)
		}
	}
	if k.saved && slices.EqualFunc(holds, k.written, hold.equal) {
		return
	}
	k.written, k.saved = holds, true
	if err := saveHolds(k.cfg.StateDir, k.boot, holds); err != nil {
		k.log.Warn("what must be put back is not written down", "err", err)
	}
}

// pause grows from the first to the most.
type pause struct{ next time.Duration }

func (p *pause) grow(first, most time.Duration) time.Duration {
	now := max(p.next, first)
	p.next = min(2*now, most)
	return now
}
