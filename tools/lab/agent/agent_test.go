//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"picket/tools/lab/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// talk returns a client of an agent that answers in this process.
func talk(t *testing.T) *protocol.Client {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	host, line := net.Pipe()
	a := newAgent(false, log)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.server.serve(ctx, line) }()
	client := protocol.NewClient(host, nil)
	t.Cleanup(func() {
		client.Close()
		<-done
		cancel()
		a.close()
	})
	return client
}

func call[R any](t *testing.T, c *protocol.Client, do string, args any) R {
	t.Helper()
	var result R
	if err := c.Call(t.Context(), do, args, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

func sh(script string) protocol.Command { return protocol.Command{Argv: []string{"sh", "-c", script}} }

func TestExecTellsHowAProgramEnded(t *testing.T) {
	c := talk(t)
	got := call[protocol.Exited](t, c, protocol.DoExec, protocol.Exec{Command: sh("cat; echo oops >&2; exit 3"), Stdin: []byte("in")})
	if got.ExitCode != 3 || got.Stdout != "in" || got.Stderr != "oops\n" || got.TimedOut {
		t.Errorf("%+v", got)
	}
	got = call[protocol.Exited](t, c, protocol.DoExec, protocol.Exec{Command: sh("kill -9 $$")})
	if got.ExitCode != -1 || got.Signal != "SIGKILL" {
		t.Errorf("%+v", got)
	}
	err := c.Call(t.Context(), protocol.DoExec, protocol.Exec{Command: protocol.Command{Argv: []string{"no-such-program"}}}, nil)
	if !errors.Is(err, &protocol.Error{Code: protocol.Absent}) {
		t.Errorf("%v", err)
	}
}

func TestATimeLimitEndsTheWholeGroup(t *testing.T) {
	c := talk(t)
	marker := filepath.Join(t.TempDir(), "child")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var got protocol.Exited
	err := c.Call(ctx, protocol.DoExec, protocol.Exec{Command: sh("echo begun; (sleep 3; touch " + marker + ") & wait")}, &got)
	if err != nil || !got.TimedOut || got.Stdout != "begun\n" {
		t.Fatalf("%+v, %v", got, err)
	}
	running := call[protocol.Exited](t, c, protocol.DoExec, protocol.Exec{Command: sh("pgrep -f 'touch " + marker[:len(marker)-1] + "[d]' | wc -l")})
	if strings.TrimSpace(running.Stdout) != "0" {
		t.Errorf("%s of its children live", running.Stdout)
	}
}

func TestOutputIsBounded(t *testing.T) {
	c := talk(t)
	got := call[protocol.Exited](t, c, protocol.DoExec, protocol.Exec{Command: protocol.Command{Argv: []string{"seq", "200000"}, MaxOutput: 4000}})
	if len(got.Stdout) > 4100 || !strings.HasPrefix(got.Stdout, "1\n2\n") || !strings.HasSuffix(got.Stdout, "200000\n") || !strings.Contains(got.Stdout, "octets left out") {
		t.Errorf("%d octets: %.40q", len(got.Stdout), got.Stdout)
	}
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "seq", Command: protocol.Command{Argv: []string{"seq", "200000"}, MaxOutput: 4000}})
	call[protocol.Exited](t, c, protocol.DoExitWait, protocol.Named{Name: "seq"})
	text := call[protocol.OutputText](t, c, protocol.DoOutput, protocol.Output{Name: "seq"})
	if len(text.Text) > 8000 || !strings.HasSuffix(text.Text, "200000\n") || text.Next != 1288895 || text.First == 0 || text.Ended == nil {
		t.Errorf("%d octets from %d to %d", len(text.Text), text.First, text.Next)
	}
}

func TestAwaitFindsALineOnce(t *testing.T) {
	c := talk(t)
	log := filepath.Join(t.TempDir(), "folder", "log")
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "p", Log: log, Command: sh("echo one; echo id=7 two; echo id=8 two; read x; echo late")})
	first := call[protocol.Awaited](t, c, protocol.DoAwait, protocol.Await{Name: "p", Regexp: `id=(\d+)`})
	second := call[protocol.Awaited](t, c, protocol.DoAwait, protocol.Await{Name: "p", Text: "two", From: first.Next})
	if first.Match[1] != "7" || second.Line != "id=8 two" {
		t.Errorf("%+v, %+v", first, second)
	}
	// Its standard input is empty: it goes on, and ends.
	if late := call[protocol.Awaited](t, c, protocol.DoAwait, protocol.Await{Name: "p", Text: "late"}); late.Line != "late" {
		t.Errorf("%+v", late)
	}
	if err := c.Call(t.Context(), protocol.DoAwait, protocol.Await{Name: "p", Text: "never"}, nil); err == nil || !strings.Contains(err.Error(), "ended without saying") {
		t.Errorf("%v", err)
	}
	if err := c.Call(t.Context(), protocol.DoAwait, protocol.Await{Name: "p", Text: "late", Fail: []string{"one"}}, nil); err == nil || !strings.Contains(err.Error(), `said "one"`) {
		t.Errorf("%v", err)
	}
	var kept bytes.Buffer
	if _, err := c.Get(t.Context(), log, &kept); err != nil || kept.String() != "one\nid=7 two\nid=8 two\nlate\n" {
		t.Errorf("log %q, %v", kept.String(), err)
	}
}

func TestAHungAwaitEndsInTimeAndBlocksNobody(t *testing.T) {
	c := talk(t)
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "mute", Command: sh("echo hm; sleep 60")})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	hung := make(chan error, 1)
	go func() { hung <- c.Call(ctx, protocol.DoAwait, protocol.Await{Name: "mute", Text: "word"}, nil) }()
	call[protocol.Hello](t, c, protocol.DoHello, protocol.None{})
	if err := <-hung; !errors.Is(err, &protocol.Error{Code: protocol.TimedOut}) || !strings.Contains(err.Error(), "hm") {
		t.Errorf("%v", err)
	}
	if err := c.Call(t.Context(), protocol.DoStart, protocol.Start{Name: "mute", Command: sh("true")}, nil); !errors.Is(err, &protocol.Error{Code: protocol.Exists}) {
		t.Errorf("a second one of that name: %v", err)
	}
	stopped := call[protocol.Exited](t, c, protocol.DoStop, protocol.Stop{Name: "mute"})
	if stopped.Signal != "SIGTERM" {
		t.Errorf("%+v", stopped)
	}
}

func TestWhoIgnoresASignalIsKilled(t *testing.T) {
	c := talk(t)
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "stubborn", Command: sh("trap '' TERM INT; echo up; while :; do sleep 1; done")})
	call[protocol.Awaited](t, c, protocol.DoAwait, protocol.Await{Name: "stubborn", Text: "up"})
	stopped := call[protocol.Exited](t, c, protocol.DoStop, protocol.Stop{Name: "stubborn", Signal: "SIGINT", GraceMS: 200})
	if stopped.Signal != "SIGKILL" {
		t.Errorf("%+v", stopped)
	}
}

func TestResetEndsWhatRuns(t *testing.T) {
	c := talk(t)
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "a", Command: sh("sleep 60")})
	call[protocol.Started](t, c, protocol.DoStart, protocol.Start{Name: "b", Command: sh("true")})
	call[protocol.Exited](t, c, protocol.DoExitWait, protocol.Named{Name: "b"})
	var done protocol.Reset
	if err := c.Call(t.Context(), protocol.DoReset, protocol.None{}, &done); err != nil || len(done.Processes) != 1 || done.Processes[0] != "a" {
		t.Errorf("%+v, %v", done, err)
	}
	if left := call[protocol.Processes](t, c, protocol.DoProcess, protocol.None{}); len(left.Processes) != 0 {
		t.Errorf("%+v", left)
	}
}

func TestFilesAreWhole(t *testing.T) {
	c := talk(t)
	path := filepath.Join(t.TempDir(), "new", "file")
	data := bytes.Repeat([]byte{0, 255, 10}, protocol.MaxChunk/2)
	if err := c.Put(t.Context(), path, 0o600, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	var back bytes.Buffer
	if n, err := c.Get(t.Context(), path, &back); err != nil || n != int64(len(data)) || !bytes.Equal(back.Bytes(), data) {
		t.Fatalf("%d octets, %v", n, err)
	}
	if info := call[protocol.FileInfo](t, c, protocol.DoStat, protocol.Path{Path: path}); info.Size != int64(len(data)) || info.Mode != 0o600 {
		t.Errorf("%+v", info)
	}
	back.Reset()
	if n, err := c.Get(t.Context(), "/proc/version", &back); err != nil || n == 0 {
		t.Errorf("a file that says it is empty: %d octets, %v", n, err)
	}
	call[protocol.None](t, c, protocol.DoRemove, protocol.Path{Path: filepath.Dir(path)})
	if err := c.Call(t.Context(), protocol.DoStat, protocol.Path{Path: path}, nil); !errors.Is(err, &protocol.Error{Code: protocol.Absent}) {
		t.Errorf("%v", err)
	}
	if err := c.Call(t.Context(), protocol.DoRemove, protocol.Path{Path: "/tmp/.."}, nil); !errors.Is(err, &protocol.Error{Code: protocol.BadAsk}) {
		t.Errorf("%v", err)
	}
}

func TestThePortIsFoundByItsName(t *testing.T) {
	folder := t.TempDir()
	for port, name := range map[string]string{"vport1p1": "org.example.other\n", "vport2p1": protocol.PortName + "\n"} {
		if err := os.MkdirAll(filepath.Join(folder, port), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, port, "name"), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := findPort(folder, "/dev"); got != "/dev/vport2p1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// script is a line of which one end is written already.
type script struct {
	io.Reader
	io.Writer
}

func FuzzServe(f *testing.F) {
	f.Add([]byte(`{"id":1,"do":"hello"}` + "\n" + `{"id":2,"do":"process.list"}` + "\n"))
	f.Add([]byte(`{"id":1,"do":"cancel","args":{"id":1}}` + "\n{}\n\x00"))
	f.Add([]byte(`{"id":1,"do":"process.await","args":{"name":"x","regexp":"("}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Only verbs that change nothing: the rest would be done to this machine.
		a := newAgent(false, slog.New(slog.DiscardHandler))
		for _, verb := range a.server.names() {
			switch verb {
			case protocol.DoHello, protocol.DoCancel, protocol.DoProcess, protocol.DoOutput, protocol.DoAwait, protocol.DoCaptures, protocol.DoMediumStats:
			default:
				delete(a.server.verbs, verb)
			}
		}
		if err := a.server.serve(t.Context(), script{bytes.NewReader(data), io.Discard}); err != nil {
			t.Fatal(err)
		}
	})
}
