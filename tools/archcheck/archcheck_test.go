package archcheck

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const moduleRoot = "../.."

func TestArchitecture(t *testing.T) {
	packages, err := List(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	if len(own(packages)) == 0 {
		t.Fatalf("no package of %s was found", module)
	}
	found := CheckImports(packages)
	for _, path := range own(packages) {
		more, err := CheckSource(packages[path])
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, more...)
	}
	long, err := CheckLengths(os.DirFS(moduleRoot))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range append(found, long...) {
		t.Error(v)
	}
}

func TestExceptionsAreStillNeeded(t *testing.T) {
	for _, e := range lengthExceptions {
		if b, err := os.ReadFile(moduleRoot + "/" + e.Where); err != nil || strings.Count(string(b), "\n") <= maxLines {
			t.Errorf("%s needs no exception from the length of files any more", e.Where)
		}
	}
}

func TestPlantedImportsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		imports map[string]string // package → what it imports, space-separated
		want    []string          // substrings of the violations; none: nothing is wrong
	}{
		"shared imports a half":              {map[string]string{"shared/wire": "picket/server/api"}, []string{"shared is the contract"}},
		"a tap imports the server":           {map[string]string{"appliance/cmd/tapd": "picket/server/api"}, []string{"without the server's dependencies"}},
		"a node imports the tap, indirectly": {map[string]string{"server/api": "picket/middle", "middle": "picket/appliance/capture"}, []string{"middle → appliance/capture"}},
		"a node imports a radio":             {map[string]string{"server/fleet": "picket/radio/hop"}, []string{"never sees frames"}},
		"radio imports a half":               {map[string]string{"radio/hop": "picket/appliance/aggregate"}, []string{"nothing of taps"}},
		"radio imports shared":               {map[string]string{"radio/hop": "picket/shared/wlan"}, nil},
		"a tool is imported":                 {map[string]string{"server/api": "picket/tools/picket"}, []string{"nothing imports tools"}},
		"a dissector opens a socket":         {map[string]string{"appliance/dissect/dot11": "net"}, []string{"sockets"}},
		"a dissector knows addresses":        {map[string]string{"appliance/dissect/ether": "net/netip"}, nil},
		"a dissector logs":                   {map[string]string{"appliance/dissect": "log/slog"}, []string{"logs"}},
		"aggregation reads a file":           {map[string]string{"appliance/aggregate": "os"}, []string{"files"}},
		"a capture opens a file":             {map[string]string{"appliance/capture": "os"}, nil},
		"SQL outside store":                  {map[string]string{"server/alert": "github.com/jackc/pgx/v5/pgxpool"}, []string{"only server/store holds SQL"}},
		"SQL in store":                       {map[string]string{"server/store": "github.com/jackc/pgx/v5"}, nil},
		"a domain package stores":            {map[string]string{"server/detect": "picket/server/store"}, []string{"pure", "no storage"}},
		"fiber outside its packages":         {map[string]string{"server/auth": "github.com/gofiber/fiber/v2"}, []string{"buffers"}},
		"fiber in a process":                 {map[string]string{"server/cmd/noded": "github.com/gofiber/fiber/v2"}, nil},
		"gopacket on the hot path":           {map[string]string{"appliance/dissect": "github.com/google/gopacket"}, []string{"panic"}},
		"generic netlink elsewhere":          {map[string]string{"radio/hop": "github.com/mdlayher/genetlink"}, []string{"only in radio/nl80211"}},
		"rtnetlink elsewhere":                {map[string]string{"radio/monitor": "github.com/vishvananda/netlink/nl"}, []string{"only in radio/link"}},
		"test code in a program":             {map[string]string{"server/cmd/noded": "testing"}, []string{"no test code"}},
	} {
		t.Run(name, func(t *testing.T) {
			packages := make(map[string]Package)
			for path, imports := range c.imports {
				packages[module+path] = Package{ImportPath: module + path, Imports: strings.Fields(imports)}
			}
			expect(t, CheckImports(packages), c.want)
		})
	}
}

func TestPlantedCodeIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		path, code string
		want       []string
	}{
		"an init function":                 {"server/api", "func init() {}", []string{"init function"}},
		"a method called init":             {"server/api", "type T struct{}\nfunc (T) init() {}", nil},
		"a map that is written":            {"server/api", "var seen = map[string]bool{}\nfunc f() { seen[\"a\"] = true }", []string{"changes the package-level variable seen"}},
		"a table that is read":             {"server/api", "var names = map[int]string{1: \"a\"}\nfunc f() string { return names[1] }", nil},
		"a counter":                        {"server/api", "var n int\nfunc f() { n++ }", []string{"changes"}},
		"a local of the same name":         {"server/api", "var n = 1\nfunc f() { n := 2; n++; _ = n }", nil},
		"a lock":                           {"server/api", "import \"sync\"\nvar mu sync.Mutex", []string{"sync.Mutex"}},
		"an atomic with a value":           {"server/api", "import \"sync/atomic\"\nvar n = atomic.Int64{}", []string{"atomic.Int64"}},
		"a slice that others could change": {"shared/wlan", "var Channels = []int{1, 6, 11}", []string{"exported slice"}},
		"an address that escapes":          {"server/api", "var n int\nfunc f() *int { return &n }", []string{"changes"}},
		"errors as values":                 {"server/api", "import \"errors\"\nvar ErrGone = errors.New(\"gone\")", nil},
		"a clock in a pure package":        {"appliance/aggregate", "import \"time\"\nvar f = time.Now", []string{"time.Now"}},
		"a clock elsewhere":                {"appliance/report", "import \"time\"\nfunc f() time.Time { return time.Now() }", nil},
		"a duration in a pure package":     {"appliance/aggregate", "import \"time\"\nconst d = 5 * time.Second", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := source{path: c.path, fset: token.NewFileSet()}
			f, err := parser.ParseFile(s.fset, "planted.go", "package p\n"+c.code, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.files = append(s.files, f)
			expect(t, s.check(), c.want)
		})
	}
}

func TestLongFilesAreFound(t *testing.T) {
	long := strings.Repeat("// a line\n", maxLines+1)
	found, err := CheckLengths(fstest.MapFS{
		"a/long.go":                          {Data: []byte(long)},
		"a/short.go":                         {Data: []byte("package a\n")},
		"a/made.pb.go":                       {Data: []byte("// Code generated by protoc-gen-go. DO NOT EDIT.\n" + long)},
		"a/vendor_table.go":                  {Data: []byte(long)},
		"web/node_modules/dependency/d.ts":   {Data: []byte(long)},
		"web/src/page.tsx":                   {Data: []byte(long)},
		"web/src/api/schema.d.ts":            {Data: []byte("/**\n * This file was auto-generated by openapi-typescript.\n */\n" + long)},
		"appliance/dissect/testdata/long.go": {Data: []byte(long)},
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, []string{"a/long.go", "web/src/page.tsx"})
}

// expect fails the test unless each violation holds one of the wanted
// substrings, and each of those is held by one.
func expect(t *testing.T, found []Violation, want []string) {
	t.Helper()
	for _, v := range found {
		if !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(v.String(), w) }) {
			t.Errorf("unexpected: %v", v)
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(found, func(v Violation) bool { return strings.Contains(v.String(), w) }) {
			t.Errorf("nothing found for %q in %v", w, found)
		}
	}
}
