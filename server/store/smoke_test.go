package store_test

import (
	"testing"

	"picket/server/testdb"
)

func TestOpen(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}
