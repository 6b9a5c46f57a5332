package store_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// BenchmarkAddReports stores reports of 60 BSSs and 90 stations of many taps whose
// registries are warm, a batch of 64 a transaction. Durable figures need
// PICKET_TESTDB_FSYNC=on.
func BenchmarkAddReports(b *testing.B) {
	const taps, batch, variants = 64, 64, 8
	db := testdb.New(b)
	s := db.Store(b)
	conn := db.Conn(b, store.RoleOwner)
	begin := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour)
	var ids []store.TapIdentity
	var offices []*office
	for i := range taps {
		ids = append(ids, db.Tap(b, s, fmt.Sprintf("tap %d", i)))
		offices = append(offices, newOffice(60, 90, uint64(i+1)))
	}
	// Reports are made up before the clock runs; each tap hears an office of its own.
	reports := make([][]store.Incoming, variants)
	for w := range reports {
		for i, o := range offices {
			reports[w] = append(reports[w], store.Incoming{TenantID: ids[i].TenantID, TapID: ids[i].TapID, Report: o.window(b, w, begin)})
		}
	}
	n := 0
	send := func() {
		in := reports[min(n, 1)*(1+n%(variants-1))]
		for i := range in {
			h := in[i].Report.Header
			h.Sequence, h.WindowStartUs = uint64(n+1), begin.Add(time.Duration(n)*10*time.Second).UnixMicro()
		}
		n++
		if _, err := s.AddReports(b.Context(), in[:batch]); err != nil {
			b.Fatal(err)
		}
	}
	send() // definitions, and the registries
	send()
	const walSQL = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint`
	wal, before := scan[int64](b, conn, walSQL), n
	node, database := ownCPU(), childrenCPU(db.Server().PID())
	b.ResetTimer()
	for b.Loop() {
		send()
	}
	b.StopTimer()
	// Processor time does not depend on who else uses the machine.
	sent := float64((n - before) * batch)
	b.ReportMetric(float64((ownCPU()-node).Microseconds())/sent, "node-cpu-µs/report")
	b.ReportMetric(float64((childrenCPU(db.Server().PID())-database).Microseconds())/sent, "db-cpu-µs/report")
	b.ReportMetric(sent/b.Elapsed().Seconds(), "reports/s")
	b.ReportMetric(float64(scan[int64](b, conn, walSQL)-wal)/sent, "wal-B/report")
}

// BenchmarkAddFirstReports stores the first reports of boots, a batch of 64 a
// transaction: all that they define is known to the registries, and is new for the boot.
func BenchmarkAddFirstReports(b *testing.B) {
	const taps = 64
	db := testdb.New(b)
	s := db.Store(b)
	begin := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour)
	var in []store.Incoming
	for i := range taps {
		id := db.Tap(b, s, fmt.Sprintf("tap %d", i))
		in = append(in, store.Incoming{TenantID: id.TenantID, TapID: id.TapID, Report: newOffice(60, 90, uint64(i+1)).window(b, 0, begin)})
	}
	n := 0
	send := func() {
		n++
		for i := range in {
			h := in[i].Report.Header
			h.BootId = binary.BigEndian.AppendUint64(make([]byte, 8, 16), uint64(n*taps+i))
			h.Sequence, h.WindowStartUs = 1, begin.Add(time.Duration(n)*10*time.Second).UnixMicro()
		}
		if _, err := s.AddReports(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
	send()
	node, database, before := ownCPU(), childrenCPU(db.Server().PID()), n
	b.ResetTimer()
	for b.Loop() {
		send()
	}
	b.StopTimer()
	sent := float64((n - before) * taps)
	b.ReportMetric(float64((ownCPU()-node).Microseconds())/sent, "node-cpu-µs/report")
	b.ReportMetric(float64((childrenCPU(db.Server().PID())-database).Microseconds())/sent, "db-cpu-µs/report")
	b.ReportMetric(sent/b.Elapsed().Seconds(), "reports/s")
}
