package delivery

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func answer(status int, node time.Duration) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{TimingHeader: {Timing(node)}}}
}

func TestRecorderTellsWhatHappenedSinceTheLastDelivery(t *testing.T) {
	var r Recorder
	said := func() Told {
		h := http.Header{}
		r.Say(h)
		return Parse(h.Get(Header))
	}
	if got := said(); got != (Told{}) {
		t.Errorf("at first: %+v", got)
	}
	r.Seen(time.Minute, nil, context.DeadlineExceeded)
	r.Seen(time.Second, nil, errors.New("connection reset"))
	r.Seen(2*time.Second, answer(503, 1500*time.Millisecond), nil)
	if got, want := said(), (Told{Line: 500 * time.Millisecond, Timeouts: 1, Closed: 1, Refused: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	r.Seen(300*time.Millisecond, answer(204, 100*time.Millisecond), nil)
	if got, want := said(), (Told{Line: 200 * time.Millisecond}); got != want {
		t.Errorf("after a delivery: %+v, want %+v", got, want)
	}
}

func FuzzParseIsBounded(f *testing.F) {
	f.Add("line=5,timeouts=1,closed=0,refused=2")
	f.Add("line=99999999999,timeouts=-1")
	f.Fuzz(func(t *testing.T, text string) {
		got := Parse(text)
		if got.Line < 0 || got.Line > most*time.Millisecond || got.Timeouts < 0 || got.Timeouts > most {
			t.Errorf("%q: %+v", text, got)
		}
		if again := Parse(got.Text()); again != got {
			t.Errorf("%+v became %+v", got, again)
		}
		nodePart(text)
	})
}
