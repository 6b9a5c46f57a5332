// Command reporter is several taps of one release at a time: it is built in the tree of the
// release before and in this one, enrols with the taps' own code, encodes and signs with that of its
// tree, and prints what nodes acknowledged. See upgrade_test.go.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"picket/appliance/identity"
	"picket/appliance/report"
	"picket/server/testdb"
	"picket/shared/enrol"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// Ack is a report that a node acknowledged.
type Ack struct {
	Tap      string `json:"tap"`
	Boot     string `json:"boot"`
	Sequence uint64 `json:"sequence"`
	Node     string `json:"node"`
	MS       int64  `json:"ms"` // from the first attempt
}

// Sums are what each report of a tap counts.
type Sums struct {
	Tap     string `json:"tap"`
	Name    string `json:"name"`
	BSSID   string `json:"bssid"`   // the first one
	First   uint64 `json:"first"`   // frames of the first BSS
	BSS     uint64 `json:"bss"`     // frames
	Station uint64 `json:"station"` // frames sent
	Channel uint64 `json:"channel"` // frames
	Host    uint64 `json:"host"`    // frames sent
}

var (
	state   = flag.String("state", "", "directory of the taps' keys")
	nodes   = flag.String("nodes", "", "URLs, with commas")
	tokens  = flag.String("tokens", "", "enrolment tokens with commas, one a tap; or one for all")
	taps    = flag.Int("taps", 4, "how many")
	seed    = flag.Uint64("seed", 1, "of what the first tap hears")
	prefix  = flag.String("prefix", "tap", "of names")
	from    = flag.String("from", "", "RFC 3339: the first window's start")
	step    = flag.Duration("step", 10*time.Second, "between windows")
	windows = flag.Int("windows", 0, "how many; 0: until stdin ends")
	pace    = flag.Duration("pace", 0, "between reports of a tap")
)

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "reporter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	start, err := time.Parse(time.RFC3339, *from)
	if err != nil {
		return err
	}
	until, stop := context.WithCancel(ctx)
	defer stop()
	if *windows == 0 {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	out := &output{e: json.NewEncoder(os.Stdout)}
	errs := make(chan error, *taps)
	for i := range *taps {
		go func() { errs <- tap(ctx, until, i, start, out) }()
	}
	for range *taps {
		if e := <-errs; e != nil && err == nil {
			err = e
			stop()
		}
	}
	return err
}

type output struct {
	mu sync.Mutex
	e  *json.Encoder
}

func (o *output) put(v any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.e.Encode(v)
}

func tap(ctx, until context.Context, i int, start time.Time, out *output) error {
	urls := strings.Split(*nodes, ",")
	list := strings.Split(*tokens, ",")
	token, err := enrol.ParseToken(list[i%len(list)])
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%d", *prefix, i)
	id, err := identity.Enroller{
		Dir: filepath.Join(*state, name), URLs: urls, Token: token,
		About: enrol.Request{Name: name, Version: "0.0.1", Arch: "amd64"}, Log: slog.New(slog.DiscardHandler),
	}.Enrol(ctx)
	if err != nil {
		return fmt.Errorf("%s: enrol: %w", name, err)
	}
	client := report.NewClient(id.TLSConfig())
	boot := uuid.New()
	for n := uint64(1); *windows == 0 || n <= uint64(*windows); n++ {
		if until.Err() != nil {
			return nil
		}
		r := testdb.Report(testdb.ReportSpec{
			Boot: boot, Sequence: n, Start: start.Add(time.Duration(n-1) * *step), BSSs: 12, Stations: 18, Hosts: 5,
			Seed: *seed + uint64(i), Definitions: n == 1,
		})
		if n == 1 {
			out.put(sums(id.TapID, name, r))
		}
		body, err := wire.Encode(r)
		if err != nil {
			return err
		}
		began := time.Now()
		node := urls[int(n)%len(urls)]
		for try := 1; ; try++ {
			status, text, err := post(ctx, client, id, node, body)
			if status == http.StatusNoContent {
				break
			}
			// 401 is not for good: the release before kept keys' ids in memory that the next
			// request overwrote, and so took one tap for another now and then.
			if err == nil && status < 500 && status != http.StatusTooManyRequests && status != http.StatusUnauthorized {
				return fmt.Errorf("%s at %s: %d %s", name, node, status, text)
			}
			if try == 600 {
				return fmt.Errorf("%s at %s: %d %s %v", name, node, status, text, err)
			}
			node = urls[(int(n)+try)%len(urls)] // as a tap does
			time.Sleep(100 * time.Millisecond)
		}
		out.put(Ack{Tap: id.TapID, Boot: boot.String(), Sequence: n, Node: node, MS: time.Since(began).Milliseconds()})
		time.Sleep(*pace)
	}
	return nil
}

func post(ctx context.Context, client *http.Client, id *identity.Identity, node string, body []byte) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, node+"/v1/reports", bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if request.Header, err = id.Signer().Sign(http.MethodPost, request.URL.EscapedPath(), "", body, time.Now()); err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/vnd.picket.report")
	answer, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
	return answer.StatusCode, string(text), nil
}

func sums(tap, name string, r *wirepb.Report) Sums {
	mac := r.GetDictionary().GetMacs()
	b := r.GetBss()
	return Sums{
		Tap: tap, Name: name,
		BSSID: fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]),
		First: uint64(b.GetFrames()[0]), BSS: sum(b.GetFrames()), Station: sum(r.GetStations().GetFramesSent()),
		Channel: sum(r.GetChannels().GetFrames()), Host: sum(r.GetHosts().GetFramesSent()),
	}
}

func sum(list []uint32) (n uint64) {
	for _, v := range list {
		n += uint64(v)
	}
	return n
}
