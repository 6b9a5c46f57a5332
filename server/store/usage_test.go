package store_test

import (
	"slices"
	"testing"
	"time"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

func TestUsageSaysWhatRetentionFrees(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	hours(t, s, tap, 0, 1)
	if err := s.EnsurePartitionsOf(t.Context(), time.Now().AddDate(0, 0, -9)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Conn(t, embedded.Superuser).Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	usage := func(table string) store.Usage {
		t.Helper()
		all, err := s.Usage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(u store.Usage) bool { return u.Table == table })
		if i < 0 {
			t.Fatalf("nothing of %s", table)
		}
		return all[i]
	}
	u := usage("air_raw")
	old := time.Now().UTC().AddDate(0, 0, -9).Truncate(24 * time.Hour)
	if u.Level != "raw" || u.Rows != 8 || u.Bytes == 0 || u.FreeCount != 1 || u.FreeBytes == 0 || u.FreeBytes >= u.Bytes || !u.From.Equal(old) || u.Keep != 7*24*time.Hour {
		t.Errorf("air_raw: %+v", u)
	}
	if u := usage("bss"); u.Family != store.KeepRegistry || u.Level != "registry" || u.Rows != 8 || u.Partitions != 0 {
		t.Errorf("bss: %+v", u)
	}
	if u := usage("site"); u.Keep != 0 || u.Level != "other" || u.FreeBytes != 0 {
		t.Errorf("site: %+v", u)
	}
	if err := s.SetRetention(t.Context(), tap.TenantID, store.KeepAir, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if u := usage("air_raw"); u.FreeCount != 0 || u.Keep != 30*24*time.Hour {
		t.Errorf("air_raw that is kept for a month: %+v", u)
	}
}
