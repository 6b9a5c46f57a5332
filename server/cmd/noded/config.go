package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"picket/server/peer"
	"picket/server/seal"
)

const usage = `noded is a node: it takes the reports of taps, keeps them in PostgreSQL, and
serves the console. Without -database it runs a private PostgreSQL of its own.

Usage:

  noded serve -data DIR [-listen HOST:PORT]

When it is ready it prints one line of JSON on stdout: {"url", "version",
"first_login"}. first_login is a link that makes the first administrator; it is
null once there is one. Logs go to stderr. SIGTERM or Ctrl-C stops it in good
order, a second one at once.

What other users of the machine must not read is better in the environment:
PICKET_DATABASE and PICKET_DATABASE_DIRECT are -database and -database-direct.

Options:

`

// config is what noded is told. It is complete and valid.
type config struct {
	data     string
	listen   string
	name     string // of the node, as people read it
	database string // URL; empty: the private one
	direct   string // URL of the same database without a pooler between; empty: database is that
	drain    time.Duration
	urls     []string       // under which browsers and taps reach this node, or the load balancer before it
	metrics  string         // loopback address; empty: none
	keys     *seal.Keyring  // to seal secrets with; nil: none
	proxies  peer.Policy    // whose word about clients is taken
	outbound []netip.Prefix // private ranges that people may point nodes at
	never    []string       // hosts that they may not, beside the cluster's own
	token    string         // for /metrics on the main listener; empty: not served there
	dev      bool
	debug    bool
}

// errHelp is returned where help was asked for and given.
var errHelp = flag.ErrHelp

func parse(args []string, out io.Writer) (config, error) {
	var c config
	var urls, tokenFile, keysFile, trusted, means, private, never string
	f := flag.NewFlagSet("noded", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&c.data, "data", "", "`directory` for the private database and the node's certificate; made if absent")
	f.StringVar(&c.listen, "listen", "127.0.0.1:8443", "`address` of the console and for taps, HTTPS; :8443 is all of the machine's")
	f.StringVar(&c.database, "database", "", "`URL` of a PostgreSQL 15 or newer that nodes share; empty: the private one in -data")
	f.StringVar(&c.direct, "database-direct", "", "`URL` of the same database without a pooler, where -database leads through one in transaction mode")
	f.StringVar(&c.name, "name", "", "`name` of the node among those that share a database; empty: the machine's")
	f.DurationVar(&c.drain, "drain", 5*time.Second, "how long a node that is to stop serves on, so that a load balancer sees it on /readyz; without other nodes it stops at once")
	f.StringVar(&urls, "url", "", "`URLs` under which taps and browsers reach the nodes, with commas, best first; empty: made from -listen")
	f.StringVar(&c.metrics, "metrics", "", "loopback `address` for Prometheus metrics over plain HTTP, such as 127.0.0.1:9464")
	f.StringVar(&tokenFile, "metrics-token", "", "`file` with a token; /metrics on -listen then answers who sends it as bearer")
	f.StringVar(&keysFile, "secret-keys", "", "`file` with the keys that seal secrets in the database, the same on every node (nodectl new-secret-key); empty: "+seal.Environment)
	f.StringVar(&trusted, "trusted-proxies", "", "`addresses` or networks of load balancers, with commas, whose word is taken about who the client is; empty: nobody's")
	f.StringVar(&means, "client-address", "", "`how` they tell it: x-forwarded-for, forwarded (RFC 7239), or proxy-protocol (version 2, before TLS); empty: x-forwarded-for")
	f.StringVar(&private, "outbound-private", "", "private `ranges`, with commas, that people at the console may have nodes connect to (sign-in by others), such as 10.20.0.0/16; empty: none")
	f.StringVar(&never, "outbound-never", "", "`hosts`, with commas, that they never may; the database, the nodes and this machine are without saying")
	f.BoolVar(&c.dev, "dev", false, "start also without a built console")
	f.BoolVar(&c.debug, "debug", false, "log each request")
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return config{}, err
	}
	if f.NArg() > 0 {
		return config{}, fmt.Errorf("%q is no option; noded serve -help lists them", f.Arg(0))
	}
	if tokenFile != "" {
		b, err := os.ReadFile(tokenFile)
		if err != nil {
			return config{}, fmt.Errorf("-metrics-token: %w", err)
		}
		if c.token = strings.TrimSpace(string(b)); len(c.token) < 16 {
			return config{}, fmt.Errorf("-metrics-token: the token in %s has %d characters, at least 16 are needed", tokenFile, len(c.token))
		}
	}
	// Not as defaults of the options, which -help prints: they hold passwords.
	if c.database == "" {
		c.database = os.Getenv("PICKET_DATABASE")
	}
	if c.direct == "" {
		c.direct = os.Getenv("PICKET_DATABASE_DIRECT")
	}
	if c.name == "" {
		if c.name, _ = os.Hostname(); c.name == "" {
			c.name = "node"
		}
		c.name = c.name[:min(len(c.name), 64)]
	}
	var err error
	if c.keys, err = seal.Load(keysFile); err != nil {
		return config{}, fmt.Errorf("-secret-keys: %w", err)
	}
	if means != "" && trusted == "" {
		return config{}, errors.New("-client-address: -trusted-proxies is needed too, the load balancers' addresses")
	}
	if _, err := peer.ParsePolicy("", means); err != nil {
		return config{}, fmt.Errorf("-client-address: %w", err)
	}
	if c.proxies, err = peer.ParsePolicy(trusted, means); err != nil {
		return config{}, fmt.Errorf("-trusted-proxies: %w", err)
	}
	if c.outbound, err = ranges(private); err != nil {
		return config{}, err
	}
	for h := range strings.SplitSeq(never, ",") {
		if h = strings.TrimSpace(h); h != "" {
			c.never = append(c.never, h)
		}
	}
	for u := range strings.SplitSeq(urls, ",") {
		if u = strings.TrimRight(strings.TrimSpace(u), "/"); u != "" {
			c.urls = append(c.urls, u)
		}
	}
	return c, c.check()
}

func (c config) check() error {
	if c.data == "" {
		return errors.New("-data: a directory is needed; noded serve -help tells more")
	}
	if _, _, err := net.SplitHostPort(c.listen); err != nil {
		return fmt.Errorf("-listen: %q is not HOST:PORT", c.listen)
	}
	if c.direct != "" && c.database == "" {
		return errors.New("-database-direct: -database is needed too, the address of the pooler")
	}
	if len(c.name) > 64 || strings.ContainsFunc(c.name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("-name: %q is not 1 to 64 letters, digits and signs without spaces", c.name)
	}
	if c.drain < 0 || c.drain > 5*time.Minute {
		return fmt.Errorf("-drain: %v is not between 0 and 5m", c.drain)
	}
	if c.metrics != "" {
		host, _, err := net.SplitHostPort(c.metrics)
		if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("-metrics: %q is not an address of loopback: metrics are for nobody else without a token (-metrics-token)", c.metrics)
		}
	}
	for _, u := range c.urls {
		p, err := url.Parse(u)
		if err != nil || p.Scheme != "https" || p.Host == "" || p.Path != "" || p.RawQuery != "" || p.User != nil {
			return fmt.Errorf("-url: %q is not https://HOST or https://HOST:PORT", u)
		}
	}
	return nil
}
