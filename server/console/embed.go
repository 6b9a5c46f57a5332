package console

import (
	"embed"
	"io/fs"
)

//go:embed all:web/dist
var dist embed.FS

// Built returns the console that was built into this program. It may lack
// index.html: Handler says so.
func Built() fs.FS {
	sub, err := fs.Sub(dist, "web/dist")
	if err != nil {
		panic(err) // the path is ours and valid
	}
	return sub
}
