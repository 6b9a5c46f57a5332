package api

import (
	"os"
	"testing"

	"picket/server/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }
