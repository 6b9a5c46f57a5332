package api

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"picket/server/testdb"
)

func TestMain(m *testing.M) {
	// fasthttp keeps a goroutine for the Date header, and one a server.
	os.Exit(testdb.Main(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	))
}
