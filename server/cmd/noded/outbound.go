package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"picket/server/outbound"
	"picket/server/store"
)

// neverOf returns the addresses that nothing which a person can point somewhere may
// reach: those that the operator names, and the cluster's as they are now. It is
// asked for every connection, since nodes and names come and go.
func neverOf(c config, s *store.Store) func(context.Context) ([]netip.Addr, error) {
	return func(ctx context.Context) ([]netip.Addr, error) {
		hosts, err := s.Peers(ctx)
		if err != nil {
			return nil, err
		}
		return outbound.Resolve(ctx, append(hosts, c.never...)...)
	}
}

// ranges reads -outbound-private.
func ranges(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("-outbound-private: %q is not a range such as 10.20.0.0/16", part)
		}
		list = append(list, p)
	}
	if _, err := outbound.New(outbound.Policy{Private: list}); err != nil {
		return nil, fmt.Errorf("-outbound-private: %w", err)
	}
	return list, nil
}
