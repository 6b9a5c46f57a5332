package store_test

import (
	"fmt"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// BenchmarkAddReports stores reports of 100 BSSs and 150 stations of many taps, a
// batch of 64 a transaction. Durable figures need PICKET_TESTDB_FSYNC=on.
func BenchmarkAddReports(b *testing.B) {
	const taps, batch = 64, 64
	db := testdb.New(b)
	s := db.Store(b)
	conn := db.Conn(b, store.RoleOwner)
	begin := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour)
	var ids []store.TapIdentity
	for i := range taps {
		ids = append(ids, db.Tap(b, s, fmt.Sprintf("tap %d", i)))
	}
	// Reports are made up before the clock runs; each tap hears a floor of its own.
	reports := make([][]store.Incoming, 8)
	for w := range reports {
		for i, tap := range ids {
			reports[w] = append(reports[w], incoming(b, tap, testdb.ReportSpec{
				Boot: [16]byte{byte(i)}, Sequence: 1, Start: begin, BSSs: 100, Stations: 150, Hosts: 20,
				Seed: uint64(i / 4), Definitions: w == 0,
			}))
		}
	}
	size := func() int64 {
		return scan[int64](b, conn, `SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
			WHERE c.relnamespace = 'picket'::regnamespace AND c.relkind = 'r' AND c.relname ~ '_window_[0-9]|^report_[0-9]'`)
	}
	before := size()
	sequence, sent := uint64(0), 0
	node, database := ownCPU(), childrenCPU(db.Server().PID())
	b.ResetTimer()
	for b.Loop() {
		in := reports[min(sequence, 1)*(1+sequence%7)]
		sequence++
		for i := range in {
			h := in[i].Report.Header
			h.Sequence = sequence
			h.WindowStartUs = begin.Add(time.Duration(sequence) * 10 * time.Second).UnixMicro()
		}
		if _, err := s.AddReports(b.Context(), in[:batch]); err != nil {
			b.Fatal(err)
		}
		sent += batch
	}
	b.StopTimer()
	// Processor time does not depend on who else uses the machine.
	b.ReportMetric(float64((ownCPU()-node).Microseconds())/float64(sent), "node-cpu-µs/report")
	b.ReportMetric(float64((childrenCPU(db.Server().PID())-database).Microseconds())/float64(sent), "db-cpu-µs/report")
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "reports/s")
	b.ReportMetric(float64(size()-before)/float64(sent), "disk-B/report")
}
