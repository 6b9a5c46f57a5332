package protocol_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"picket/tools/lab/protocol"
)

func TestReaderSkipsWhatIsNoMessage(t *testing.T) {
	long := `{"id":2,"do":"` + strings.Repeat("x", protocol.MaxLine) + `"}`
	in := protocol.NewReader(strings.NewReader("half a line\n\n" + long + "\n" + `{"id":3,"do":"hello"}` + "\n" + `{"id":4,`))
	var r protocol.Request
	var bad *protocol.LineError
	if err := in.Next(&r); !errors.As(err, &bad) || !strings.Contains(err.Error(), "half a line") {
		t.Errorf("first: %v", err)
	}
	if err := in.Next(&r); !errors.Is(err, protocol.ErrLongLine) {
		t.Errorf("long: %v", err)
	}
	if err := in.Next(&r); err != nil || r.ID != 3 || r.Do != protocol.DoHello {
		t.Errorf("third: %+v, %v", r, err)
	}
	if err := in.Next(&r); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("last: %v", err)
	}
}

func TestWriterRefusesALineThatNobodyWouldRead(t *testing.T) {
	var out bytes.Buffer
	w := protocol.NewWriter(&out)
	if err := w.Write(protocol.Response{ID: 1, Error: strings.Repeat("x", protocol.MaxLine)}); !errors.Is(err, protocol.ErrLongLine) || out.Len() != 0 {
		t.Errorf("error %v, %d octets sent", err, out.Len())
	}
	if err := w.Write(protocol.Response{ID: 1, Error: "a\nb <x>"}); err != nil || out.String() != `{"id":1,"error":"a\nb <x>"}`+"\n" {
		t.Errorf("%v: %s", err, out.String())
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"id":1,"do":"exec","timeoutMS":5000,"args":{"argv":["true"]}}` + "\n"))
	f.Add([]byte("\n\n{}\n[]\nnull\n{\"id\":-1}\n"))
	f.Add([]byte("{\"id\":1e99}\n\xff\xfe\n{\"id\":2,\"args\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := protocol.NewReader(bytes.NewReader(data))
		for range len(data) + 2 {
			var r protocol.Request
			err := in.Next(&r)
			var bad *protocol.LineError
			if err != nil && !errors.As(err, &bad) && !errors.Is(err, protocol.ErrLongLine) {
				return
			}
		}
		t.Error("more messages than octets")
	})
}
