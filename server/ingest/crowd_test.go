package ingest

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"picket/server/peer"
)

func boxKey(n uint32) ed25519.PublicKey {
	return binary.BigEndian.AppendUint32(make([]byte, ed25519.PublicKeySize-4), n)
}

// Somebody makes up keys from one address, or from all of one IPv6 network: the boxes of
// other places still get in, as do the boxes that this place had before.
func TestWhoMakesUpKeysTakesNobodyElsesPlaces(t *testing.T) {
	c, now := newCrowd(), time.Unix(1_790_000_000, 0)
	if !c.admit(boxKey(1), "203.0.113.1", now) {
		t.Fatal("the first box has to wait")
	}
	admitted := 0
	for i := range uint32(1000) {
		from := peer.Network(fmt.Sprintf("2001:db8::%x", i))
		if i%2 == 0 {
			from = "203.0.113.1"
		}
		if c.admit(boxKey(100+i), from, now) {
			admitted++
		}
	}
	if want := 2*newBoxesThereBurst - 1; admitted != want {
		t.Errorf("%d new keys of two networks were admitted at once, want %d", admitted, want)
	}
	if !c.admit(boxKey(2), "198.51.100.1", now) {
		t.Error("a new box elsewhere has to wait")
	}
	if !c.admit(boxKey(1), "203.0.113.1", now) {
		t.Error("the box that was there before has to wait")
	}
	if !c.admit(boxKey(3), "203.0.113.1", now.Add(2*time.Second)) {
		t.Error("a new box there has to wait for longer than it should")
	}
}

func TestLimitersOfNetworksAreBounded(t *testing.T) {
	l, now := newNetworkLimiters(1, 20), time.Unix(1_790_000_000, 0)
	for i := range 3 * maxNetworks {
		l.take(fmt.Sprint(i), now)
		now = now.Add(10 * time.Millisecond)
	}
	if n := l.heard(); n > maxNetworks {
		t.Errorf("%d are kept, want at most %d", n, maxNetworks)
	}
}

func TestSpentTellsWhenThereIsARightAgain(t *testing.T) {
	l, now := newNetworkLimiters(0.5, 2), time.Unix(1_790_000_000, 0)
	for range 2 {
		if wait := l.spent("a", now); wait != 0 {
			t.Fatalf("waits %v", wait)
		}
		l.take("a", now)
	}
	if wait := l.spent("a", now); wait != 2*time.Second {
		t.Errorf("waits %v, want 2s", wait)
	}
	if wait := l.spent("a", now.Add(2*time.Second)); wait != 0 {
		t.Errorf("waits %v after 2s", wait)
	}
}
