package store_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"picket/server/store"
	"picket/server/testdb"
)

// TestSoakThirtyDays plays 30 days of a fleet (3 of a smaller one where PICKET_SOAK
// is not full), 2 % of whose stations are new in each hour, and compares what a
// report costs, its rollups included, in an hour of the first day and in the same
// hour of the last. That hour is played whole, others with one window in ten minutes.
func TestSoakThirtyDays(t *testing.T) {
	if testing.Short() {
		t.Skip("plays days of a fleet: not in the fast part")
	}
	d := &daysOfFleet{T: t, taps: 4, days: 3}
	if os.Getenv("PICKET_SOAK") == "full" {
		d.taps, d.days = 24, 30
	}
	d.begin()
	for day := range d.days {
		for hour := range 24 {
			d.play(day, hour, hour == 12 && (day == 0 || day == d.days-1))
		}
	}
	conn := d.db.Conn(t, store.RoleOwner)
	const storedSQL = `SELECT (SELECT count(*) FROM report) = $1 AND EXISTS (SELECT FROM tap_1h)`
	if !scan[bool](t, conn, storedSQL, d.sent) {
		t.Errorf("not all of %d reports are stored, or no hour is built", d.sent)
	}
	first, last := d.costs[0], d.costs[len(d.costs)-1]
	t.Logf("figure: day 1: %s; day %d: %s; %d stations then", first, d.days, last, scan[int](t, conn, `SELECT count(*) FROM station`))
	if os.Getenv("PICKET_SOAK") == "full" && last.total() > first.total()*11/10 {
		t.Errorf("a report of the last day takes %v, one of the first %v", last.total(), first.total())
	}
}

// cost is the processor time of a report.
type cost struct{ node, database time.Duration }

func (c cost) total() time.Duration { return c.node + c.database }

func (c cost) String() string {
	return fmt.Sprintf("%d µs of the node, %d µs of PostgreSQL a report", c.node.Microseconds(), c.database.Microseconds())
}

type daysOfFleet struct {
	*testing.T

	taps, days int
	db         *testdb.DB
	s          *store.Store
	ids        []store.TapIdentity
	offices    []*office
	start      time.Time // the first day's
	sent, made int       // reports, stations
	costs      []cost
}

func (d *daysOfFleet) begin() {
	d.db = testdb.New(d)
	d.s = d.db.Store(d)
	d.start = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -d.days)
	for day := range d.days + 1 {
		if err := d.s.EnsurePartitionsOf(d.Context(), d.start.AddDate(0, 0, day)); err != nil {
			d.Fatal(err)
		}
	}
	for i := range d.taps {
		d.ids = append(d.ids, d.db.Tap(d, d.s, fmt.Sprintf("tap %d", i)))
		d.offices = append(d.offices, newOffice(60, 90, uint64(i+1)))
	}
}

// play sends an hour of all taps and rolls it up; it measures whole hours.
func (d *daysOfFleet) play(day, hour int, whole bool) {
	at := d.start.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
	every, batch := 10*time.Minute, 1
	if whole {
		every, batch = 10*time.Second, 6
	}
	for _, o := range d.offices {
		d.renew(o)
	}
	var used cost
	if whole {
		used.database = -childrenCPU(d.db.Server().PID())
	}
	measured := func(f func() error) { // without what making up reports takes
		before := ownCPU()
		if err := f(); err != nil {
			d.Fatal(err)
		}
		used.node += ownCPU() - before
	}
	sent := 0
	for offset := time.Duration(0); offset < time.Hour; {
		var in []store.Incoming
		for range batch {
			for i, o := range d.offices {
				n := d.sent/d.taps + 1
				if d.sent < d.taps {
					n = 0 // with definitions
				}
				in = append(in, store.Incoming{TenantID: d.ids[i].TenantID, TapID: d.ids[i].TapID, Report: o.window(d, n, at.Add(offset))})
			}
			d.sent += d.taps
			offset += every
		}
		measured(func() error { _, err := d.s.AddReports(d.Context(), in); return err })
		sent += len(in)
	}
	measured(func() error { _, err := d.s.RollUpAt(d.Context(), at.Add(time.Hour+time.Minute)); return err })
	if whole {
		used.database += childrenCPU(d.db.Server().PID())
		d.costs = append(d.costs, cost{used.node / time.Duration(sent), used.database / time.Duration(sent)})
	}
}

// renew gives 2 % of an office's stations new addresses.
func (d *daysOfFleet) renew(o *office) {
	dictionary := proto.CloneOf(o.base.Dictionary)
	stations := o.base.Stations.Station
	for range max(1, len(stations)/50) {
		d.made++
		mac := binary.BigEndian.AppendUint64(nil, 0x0600_0000_0000+uint64(d.made))[2:]
		i := 6 * (int(stations[d.made%len(stations)]) - 1)
		copy(dictionary.Macs[i:i+6], mac)
	}
	o.base.Dictionary = dictionary
}
