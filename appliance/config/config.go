package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"picket/shared/enrol"
)

// Bounds and defaults of settings.
const (
	minWindow  = time.Second
	maxWindow  = time.Minute
	minSpool   = 4        // MiB
	maxSpool   = 64 << 10 // MiB
	maxName    = 64       // octets
	maxNodes   = 16
	maxSources = 32

	defaultSpool = 256 // MiB; a day of a busy office by far
	defaultState = "/var/lib/picket-tap"
)

// Config is how a tap runs.
type Config struct {
	Nodes    []string      // URLs of nodes, https://HOST:PORT; empty: as learned at enrolment
	Token    *enrol.Token  // nil: none given; the tap waits until its claim code is typed
	State    string        // folder of key, identity and spool
	Name     string        // what people call the tap; empty: the host name
	Window   time.Duration // length of a report; 0: as the cluster says
	Captures []string      // interfaces and files; empty: all Ethernet interfaces
	Radios   []string      // to listen with, by wiphy, interface or address; AllRadios: all; empty: none
	Country  string        // where the tap is, ISO 3166-1; empty: as the machine or the cluster says
	Demos    []string      // files to replay as if live
	Spool    int64         // octets that reports may take on disk

	Version  bool // only print the version
	ShowCode bool // only print the claim code
}

// AllRadios stands in Radios for every radio, also those plugged in later.
const AllRadios = "all"

// ErrHelp says that help was asked for and printed.
var ErrHelp = flag.ErrHelp

// Parse reads the arguments of a command line, without the command. Help goes to
// out. An empty Token, and Nodes, may be missing in a state that is enrolled.
func Parse(args []string, out io.Writer) (Config, error) {
	var s settings
	flags := s.flags()
	file := flags.String("config", "", "")
	version := flags.Bool("version", false, "")
	showCode := flags.Bool("show-code", false, "")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(out, help)
			return Config{}, ErrHelp
		}
		return Config{}, fmt.Errorf("%w (tapd --help shows all settings)", err)
	}
	if *version {
		return Config{Version: true}, nil
	}
	if flags.NArg() > 0 {
		return Config{}, fmt.Errorf("unexpected %q: every setting has a name, as in -capture %s", flags.Arg(0), flags.Arg(0))
	}
	if *file != "" {
		given := map[string]bool{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		if err := readFile(*file, flags, given); err != nil {
			return Config{}, err
		}
	}
	c, err := s.config()
	c.ShowCode = *showCode && err == nil
	return c, err
}

// settings are what flags and files fill in, as text.
type settings struct {
	nodes, captures, demos list
	radios                 list
	token, state, name     string
	country                string
	window, spool          string
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("tapd", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned
	flags.Usage = func() {}
	flags.Var(&s.nodes, "node", "")
	flags.Var(&s.captures, "capture", "")
	flags.Var(&s.demos, "demo", "")
	flags.Var(&s.radios, "radio", "")
	flags.StringVar(&s.country, "country", "", "")
	flags.StringVar(&s.token, "token", "", "")
	flags.StringVar(&s.state, "state", defaultState, "")
	flags.StringVar(&s.name, "name", "", "")
	flags.StringVar(&s.window, "window", "", "")
	flags.StringVar(&s.spool, "spool", strconv.Itoa(defaultSpool), "")
	return flags
}

// readFile sets the flags that the command line did not give.
func readFile(path string, flags *flag.FlagSet, given map[string]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	seen := map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") || strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if before, _, ok := strings.Cut(value, " #"); ok {
			value = strings.TrimSpace(before)
		}
		f := flags.Lookup(name)
		switch {
		case !ok:
			return fmt.Errorf("config: %s:%d: %q is not of the form name = value", path, i+1, name)
		case f == nil || name == "config" || name == "version" || name == "show-code":
			return fmt.Errorf("config: %s:%d: there is no setting %q", path, i+1, name)
		case given[name]:
			continue
		}
		if _, several := f.Value.(*list); seen[name] && !several {
			return fmt.Errorf("config: %s:%d: %s is given twice", path, i+1, name)
		}
		seen[name] = true
		if err := f.Value.Set(value); err != nil {
			return fmt.Errorf("config: %s:%d: %s: %w", path, i+1, name, err)
		}
	}
	return nil
}

// config checks the settings.
func (s *settings) config() (Config, error) {
	c := Config{State: s.state, Name: s.name, Nodes: s.nodes, Captures: s.captures, Demos: s.demos, Country: s.country}
	if err := s.parse(&c); err != nil {
		return Config{}, err
	}
	if err := s.parseRadios(&c); err != nil {
		return Config{}, err
	}
	switch {
	case c.State == "":
		return Config{}, errors.New("config: state: empty, want a folder")
	case len(c.Name) > maxName:
		return Config{}, fmt.Errorf("config: name: %q has %d octets, at most %d", c.Name, len(c.Name), maxName)
	case strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '�' }):
		return Config{}, fmt.Errorf("config: name: %q holds control characters", c.Name)
	case len(c.Nodes) > maxNodes:
		return Config{}, fmt.Errorf("config: node: %d URLs, at most %d", len(c.Nodes), maxNodes)
	case len(c.Captures)+len(c.Demos) > maxSources:
		return Config{}, fmt.Errorf("config: capture, demo: %d sources, at most %d", len(c.Captures)+len(c.Demos), maxSources)
	case len(c.Captures) > 0 && len(c.Demos) > 0:
		return Config{}, errors.New("config: capture and demo exclude each other: a recording must not pass for what is heard now; start two taps, each with a -state of its own")
	case slices.Contains(c.Captures, "") || slices.Contains(c.Demos, ""):
		return Config{}, errors.New("config: capture, demo: empty, want an interface or a file")
	}
	return c, nil
}

// parseRadios reads which radios to use: all of them, unless the operator says what
// to listen on.
func (s *settings) parseRadios(c *Config) error {
	const none = "none"
	switch alone := len(s.radios) == 1; {
	case c.Country != "" && !isCountry(c.Country):
		return fmt.Errorf("config: country: %q is not two capital letters, as in DE", c.Country)
	case slices.Contains(s.radios, ""):
		return errors.New("config: radio: empty, want a radio's name, all or none")
	case !alone && (slices.Contains(s.radios, AllRadios) || slices.Contains(s.radios, none)):
		return errors.New("config: radio: all and none stand alone")
	case len(s.radios) > maxSources:
		return fmt.Errorf("config: radio: %d radios, at most %d", len(s.radios), maxSources)
	case len(s.radios) > 0 && len(c.Demos) > 0 && s.radios[0] != none:
		return errors.New("config: radio and demo exclude each other: a recording must not pass for what is heard now; start two taps, each with a -state of its own")
	case len(s.radios) > 0 && s.radios[0] != none:
		c.Radios = s.radios
	case len(s.radios) == 0 && len(c.Captures)+len(c.Demos) == 0:
		c.Radios = []string{AllRadios}
	}
	return nil
}

// isCountry reports whether s has the form of an ISO 3166-1 code of two letters.
func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

func (s *settings) parse(c *Config) error {
	for i, node := range c.Nodes {
		u, err := url.Parse(node)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("config: node: %q is not of the form https://HOST:PORT", node)
		}
		c.Nodes[i] = strings.TrimRight(node, "/")
	}
	if s.token != "" {
		token, err := enrol.ParseToken(s.token)
		if err != nil {
			return fmt.Errorf("config: token: %w", err)
		}
		c.Token = &token
	}
	if s.window != "" {
		d, err := time.ParseDuration(s.window)
		if err != nil || d < minWindow || d > maxWindow || d%time.Millisecond != 0 || maxWindow%d != 0 {
			return fmt.Errorf("config: window: %q is not a part of a minute from %v to %v, as in 10s", s.window, minWindow, maxWindow)
		}
		c.Window = d
	}
	mebibytes, err := strconv.ParseInt(s.spool, 10, 64)
	if err != nil || mebibytes < minSpool || mebibytes > maxSpool {
		return fmt.Errorf("config: spool: %q is not a number of MiB from %d to %d", s.spool, minSpool, maxSpool)
	}
	c.Spool = mebibytes << 20
	return nil
}
