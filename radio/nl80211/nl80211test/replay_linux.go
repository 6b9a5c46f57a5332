package nl80211test

import (
	"bytes"
	"fmt"
	"sync"

	"picket/radio/nl80211"
)

// A Replayer is a kernel that was recorded.
type Replayer struct {
	mu    sync.Mutex
	steps []Step
	done  int
}

// Replay returns a client whose every request must be the next of the trace, octet
// by octet. A request that differs fails with an error that shows both.
func Replay(t *Trace) (*nl80211.Client, *Replayer, error) {
	r := &Replayer{steps: t.Steps}
	c, err := Dial(r.answer)
	return c, r, err
}

// Finished returns an error unless everything in the trace was asked.
func (r *Replayer) Finished() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done < len(r.steps) {
		return fmt.Errorf("%d of %d requests were made; the next would be %v", r.done, len(r.steps), r.steps[r.done].Request)
	}
	return nil
}

func (r *Replayer) answer(got Request) ([]Message, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done == len(r.steps) {
		return nil, fmt.Errorf("request %v after the end of the trace", got)
	}
	s := r.steps[r.done]
	if got.Command != s.Request.Command || got.Flags != s.Request.Flags || !bytes.Equal(got.Attributes, s.Request.Attributes) {
		return nil, fmt.Errorf("request %d differs\n got  %v\n want %v", r.done+1, got, s.Request)
	}
	r.done++
	if s.Refusal != nil {
		return nil, s.Refusal
	}
	return s.Answers, nil
}
