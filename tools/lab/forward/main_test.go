package main

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
)

func TestOctetsGoBothWaysUntilTheNodeCloses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			heard <- err.Error()
			return
		}
		defer conn.Close()
		b, _ := io.ReadAll(conn) // until the guest's end
		heard <- string(b)
		_, _ = conn.Write([]byte("answer"))
	}()
	var out bytes.Buffer
	if err := forward(l.Addr().String(), strings.NewReader("question"), &out); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "question" || out.String() != "answer" {
		t.Errorf("the node heard %q, the guest %q", got, out.String())
	}
}

func TestANodeThatIsNotThereIsAnError(t *testing.T) {
	if err := forward("127.0.0.1:1", strings.NewReader(""), io.Discard); err == nil {
		t.Error("no error")
	}
}
