package archcheck

// module is the path of the module, with a slash.
const module = "picket/"

// A Ban says what packages under From must never import, even indirectly.
// Paths inside the module are written without the module's name, and those that
// end in a slash mean everything below.
type Ban struct{ From, Never, Why string }

var bans = []Ban{
	{"shared/", "appliance/", "shared is the contract between the halves; it depends on neither"},
	{"shared/", "server/", "shared is the contract between the halves; it depends on neither"},
	{"shared/", "radio/", "shared is vocabulary and codecs; the kernel's radios are the appliance's"},
	{"appliance/", "server/", "a tap must build without the server's dependencies"},
	{"server/", "appliance/", "the server never sees frames, only summaries"},
	{"server/", "radio/", "the server never sees frames, only summaries"},
	{"radio/", "appliance/", "radio knows Linux, nothing of taps or nodes"},
	{"radio/", "server/", "radio knows Linux, nothing of taps or nodes"},
	{"appliance/dissect", "radio/", "dissectors are pure: octets in, fields out"},
	{"appliance/aggregate", "radio/", "aggregation is pure: frames in, summaries out"},
	{"shared/", "tools/", "nothing imports tools"},
	{"radio/", "tools/", "nothing imports tools"},
	{"appliance/", "tools/", "nothing imports tools"},
	{"server/", "tools/", "nothing imports tools"},
	{"migrations", "tools/", "nothing imports tools"},

	{"server/", "server/testdb", "a database that tests share is no part of a program"},

	{"server/detect", "server/store", "a detection rule is pure: summaries in, findings out"},
	{"server/alert", "server/store", "domain packages of the server know no storage"},
	{"server/notify", "server/store", "domain packages of the server know no storage"},
	{"server/fleet", "server/store", "domain packages of the server know no storage"},
	{"server/cluster", "server/store", "domain packages of the server know no storage"},
	{"server/auth", "server/store", "domain packages of the server know no storage"},
	{"server/oui", "server/store", "domain packages of the server know no storage"},
	{"server/store", "server/api", "storage knows nothing of who asks"},
	{"server/store", "server/ingest", "storage knows nothing of who asks"},
}

// A Home says which packages alone may import something directly.
type Home struct {
	Import string
	Homes  []string
	Why    string
}

var homes = []Home{
	{
		"github.com/jackc/pgx/", []string{"server/store", "server/embedded", "server/testdb", "server/cmd/"},
		"only server/store holds SQL, and server/embedded for its roles; cmd wires them",
	},
	{
		"github.com/pressly/goose/", []string{"server/store", "migrations", "server/cmd/"},
		"migrations are applied in one place",
	},
	{
		"github.com/gofiber/fiber/", []string{"server/ingest", "server/api", "server/publish", "server/console", "server/cmd/"},
		"fiber reuses its buffers after a handler returns; it stays where that is known",
	},
	{
		"github.com/valyala/fasthttp", []string{"server/ingest", "server/api", "server/publish", "server/console", "server/cmd/"},
		"fiber reuses its buffers after a handler returns; it stays where that is known",
	},
	{
		"server/store", []string{"server/store", "server/ingest", "server/api", "server/publish", "server/database", "server/testdb", "server/cmd/", "tools/fakefleet"},
		"domain packages of the server know no storage",
	},
	{
		"github.com/mdlayher/genetlink", []string{"radio/nl80211", "tools/lab/air"},
		"generic netlink lives only in radio/nl80211; the laboratory's air speaks another family, that of simulated radios",
	},
	{"github.com/vishvananda/netlink", []string{"radio/link"}, "rtnetlink lives only in radio/link"},
	{
		"github.com/google/gopacket", []string{"appliance/capture", "shared/build/", "tools/"},
		"gopacket reads capture files and is the tests' second opinion; its decoders panic on hostile input and allocate",
	},
	{"testing", []string{"shared/build/", "server/testdb", "appliance/dissect/internal/seeds"}, "a program that ships carries no test code"},
}

// Pure packages may not import these directly, nor ask for the time.
var pure = []string{"appliance/dissect", "appliance/dissect/", "appliance/aggregate", "appliance/aggregate/"}

// impure says what takes a package out of purity, and why.
var impure = map[string]string{
	"os/": "files and processes", "io/ioutil": "files", "net": "sockets", "net/http/": "sockets", "log/": "logs",
	"syscall": "the kernel", "golang.org/x/sys/": "the kernel", "math/rand/": "chance", "crypto/rand": "chance",
}

// clocks are the functions of package time that ask or wait for the time.
var clocks = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true,
	"Tick": true, "NewTimer": true, "NewTicker": true,
}

// whyPure is the reason of both.
const whyPure = "dissect and aggregate are pure, so that a capture gives the same result each time and no hostile frame reaches the system"

// maxLines is the longest that a file may be, in lines.
const maxLines = 600

// An Exception lets one thing pass, with the reason.
type Exception struct{ Where, Why string }

// stateExceptions are package-level variables, as PACKAGE.NAME.
var stateExceptions = []Exception{
	{"server/testdb.shared", "one PostgreSQL serves all tests of a binary; starting it takes seconds"},
	{"shared/wire.layouts", "a cache of what reflection says of message types, which never changes"},
	{"shared/wire.coders", "a pool of coders saves their set-up and remembers nothing of what they coded"},
}

// lengthExceptions are files that are longer than maxLines.
var lengthExceptions = []Exception{}
