package cluster

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// scripted answers a member as a database might.
type scripted struct {
	answers chan error // of renewals, in order
	joined  chan Identity
	left    chan Identity
	orders  Orders
}

func (s *scripted) JoinNode(_ context.Context, who Identity) (Orders, error) {
	s.joined <- who
	return s.orders, nil
}

func (s *scripted) RenewNode(_ context.Context, _ Identity, _ Status) (Orders, error) {
	select {
	case err := <-s.answers:
		return s.orders, err
	default:
		return s.orders, nil
	}
}

func (s *scripted) LeaveNode(_ context.Context, who Identity) error {
	s.left <- who
	return nil
}

func (s *scripted) DatabaseTime(context.Context) (time.Time, error) { return time.Now(), nil }

// TestAMemberWhoseIdentityAnotherTookJoinsAsSomebodyElse, hears that it is to drain,
// and leaves as who it is.
func TestAMemberWhoseIdentityAnotherTookJoinsAsSomebodyElse(t *testing.T) {
	dir := t.TempDir()
	first, err := Identify(dir, "a", "1", nil, false)
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{answers: make(chan error, 1), joined: make(chan Identity, 4), left: make(chan Identity, 1), orders: Orders{Drain: true, Others: 2}}
	s.answers <- ErrReplaced
	m := NewMember(s, first, func() Status { return Status{} }, func() (Identity, error) { return Identify(dir, "a", "1", nil, true) }, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	if got := <-s.joined; got.ID != first.ID {
		t.Errorf("joined as %v, want %v", got.ID, first.ID)
	}
	second := <-s.joined
	if second.ID == first.ID || m.Identity().ID != second.ID {
		t.Errorf("joined again as %v", second.ID)
	}
	<-m.Asked()
	if m.Alone() {
		t.Error("alone beside two others")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := <-s.left; got.ID != second.ID {
		t.Errorf("left as %v", got.ID)
	}
	kept, err := Identify(dir, "a", "1", nil, false)
	if err != nil || kept.ID != second.ID || kept.Incarnation == second.Incarnation {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestAnIdentityFileThatACrashLeftEmptyIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, identityFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := Identify(dir, "a", "1", nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := Identify(dir, "a", "1", nil, false); err != nil || b.ID != a.ID {
		t.Errorf("%v, then %v, %v", a.ID, b.ID, err)
	}
}

// TestListenerConnectsAgain, and says when nothing is heard.
func TestListenerConnectsAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var hearing []bool
	tries := 0
	l := &Listener{
		Listen: func(ctx context.Context, begun func(), wake func(channel, id string)) error {
			if tries++; tries == 1 {
				begun()
				return errors.New("connection lost")
			}
			begun()
			wake("c", "id")
			<-ctx.Done()
			return nil
		},
		Hearing: func(h bool) { hearing = append(hearing, h) },
		Wake:    func(string, string) { cancel() },
		Log:     slog.New(slog.DiscardHandler),
	}
	if err := l.Run(ctx); err != nil {
		t.Error(err)
	}
	if len(hearing) != 4 || !hearing[0] || hearing[1] || !hearing[2] || hearing[3] {
		t.Errorf("hearing %v, want yes, no, yes, no", hearing)
	}
}
