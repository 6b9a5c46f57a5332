package protocol_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"picket/tools/lab/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guest answers with what answer returns, each request in a goroutine of its own.
func guest(t *testing.T, answer func(protocol.Request) *protocol.Response) *protocol.Client {
	t.Helper()
	host, line := net.Pipe()
	out := protocol.NewWriter(line)
	go func() {
		in := protocol.NewReader(line)
		for {
			var r protocol.Request
			if err := in.Next(&r); err != nil {
				return
			}
			go func() {
				if a := answer(r); a != nil {
					a.ID = r.ID
					_ = out.Write(a)
				}
			}()
		}
	}()
	client := protocol.NewClient(host, nil)
	t.Cleanup(func() { client.Close(); line.Close() })
	return client
}

func TestAHungStepBlocksNoOther(t *testing.T) {
	cancelled := make(chan protocol.Request, 1)
	c := guest(t, func(r protocol.Request) *protocol.Response {
		switch r.Do {
		case protocol.DoExec:
			return nil // hangs
		case protocol.DoCancel:
			cancelled <- r
			return nil
		}
		return &protocol.Response{Result: json.RawMessage(`{"names":["ap"]}`)}
	})
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan error, 1)
	go func() { hung <- c.Call(ctx, protocol.DoExec, protocol.Exec{}, nil) }()
	var names protocol.Names
	if err := c.Call(t.Context(), protocol.DoNamespaces, protocol.None{}, &names); err != nil || len(names.Names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	cancel()
	if err := <-hung; !errors.Is(err, context.Canceled) {
		t.Errorf("hung call: %v", err)
	}
	<-cancelled
}

func TestAFailureKeepsItsCode(t *testing.T) {
	c := guest(t, func(protocol.Request) *protocol.Response {
		return &protocol.Response{Error: "open /x: no such file", Code: protocol.Absent}
	})
	err := c.Call(t.Context(), protocol.DoRead, protocol.Read{Path: "/x"}, nil)
	if !errors.Is(err, &protocol.Error{Code: protocol.Absent}) || err.Error() != "guest: file.read: open /x: no such file" {
		t.Errorf("%v", err)
	}
}

func TestConnectWaitsForAGuestThatBoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		c := guest(t, func(r protocol.Request) *protocol.Response {
			if r.Do != protocol.DoHello || asked.Add(1) < 3 {
				return nil
			}
			return &protocol.Response{Result: json.RawMessage(`{"version":1,"kernel":"7.3.4"}`)}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		hello, err := c.Connect(ctx)
		if err != nil || hello.Kernel != "7.3.4" {
			t.Errorf("%+v, %v", hello, err)
		}
	})
}

func TestFilesTravelInPieces(t *testing.T) {
	var file []byte
	c := guest(t, func(r protocol.Request) *protocol.Response {
		var w protocol.Write
		var read protocol.Read
		switch r.Do {
		case protocol.DoWrite:
			_ = json.Unmarshal(r.Args, &w)
			if !w.Append {
				file = nil
			}
			file = append(file, w.Data...)
			return &protocol.Response{}
		case protocol.DoRead:
			_ = json.Unmarshal(r.Args, &read)
			end := min(int(read.Offset)+1000, len(file))
			result, _ := json.Marshal(protocol.Chunk{Data: file[read.Offset:end], End: end == len(file)})
			return &protocol.Response{Result: result}
		}
		return nil
	})
	want := bytes.Repeat([]byte("0123456789"), protocol.MaxChunk/8)
	if err := c.Put(t.Context(), "/tmp/x", 0o755, bytes.NewReader(want)); err != nil || !bytes.Equal(file, want) {
		t.Fatalf("put %d octets: %v", len(file), err)
	}
	var got bytes.Buffer
	if n, err := c.Get(t.Context(), "/tmp/x", &got); err != nil || n != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got %d octets: %v", n, err)
	}
}

func TestAClosedLineEndsEveryCall(t *testing.T) {
	c := guest(t, func(protocol.Request) *protocol.Response { return nil })
	hung := make(chan error, 1)
	go func() { hung <- c.Call(t.Context(), protocol.DoStats, protocol.None{}, nil) }()
	c.Close()
	if err := <-hung; err == nil {
		t.Error("no error")
	}
	if err := c.Call(t.Context(), protocol.DoStats, protocol.None{}, nil); !errors.Is(err, protocol.ErrClosed) {
		t.Errorf("afterwards: %v", err)
	}
}
