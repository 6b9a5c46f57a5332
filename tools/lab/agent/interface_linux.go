package main

import (
	"context"
	"fmt"
	"os"

	"picket/radio/link"
	"picket/radio/nl80211"
	"picket/tools/lab/protocol"
)

// typesByName are the interface types that scenarios use.
func typesByName() map[string]nl80211.InterfaceType {
	return map[string]nl80211.InterfaceType{"managed": nl80211.TypeStation, "monitor": nl80211.TypeMonitor, "ap": nl80211.TypeAP}
}

func typeNamed(name string) (nl80211.InterfaceType, error) {
	t, ok := typesByName()[name]
	if !ok {
		return 0, coded(protocol.BadAsk, "%q is no type of interface known here", name)
	}
	return t, nil
}

func (r *radios) addInterface(ctx context.Context, a protocol.NewInterface) (protocol.Added, error) {
	kind, err := typeNamed(a.Type)
	if err != nil {
		return protocol.Added{}, err
	}
	var made nl80211.Interface
	err = r.nl(ctx, a.Namespace, func(c *nl80211.Client) error {
		wiphys, err := c.Wiphys()
		if err != nil {
			return err
		}
		for _, w := range wiphys {
			if w.Name != a.Wiphy {
				continue
			}
			if made, err = c.CreateInterface(w.Index, a.Interface, kind, 0); err != nil {
				return err
			}
			return up(made.Index)
		}
		return fmt.Errorf("radio %s in namespace %q: %w", a.Wiphy, a.Namespace, os.ErrNotExist)
	})
	return protocol.Added{Name: made.Name, Index: made.Index, Address: made.MAC.String()}, err
}

// up sets an interface of this thread's namespace up.
func up(index uint32) error {
	l, err := link.Dial()
	if err != nil {
		return err
	}
	defer l.Close()
	return l.SetUp(index)
}

// on calls do with an interface's index, in its namespace.
func (r *radios) on(ctx context.Context, namespace, name string, do func(*nl80211.Client, *link.Client, uint32) error) error {
	return r.nl(ctx, namespace, func(c *nl80211.Client) error {
		l, err := link.Dial()
		if err != nil {
			return err
		}
		defer l.Close()
		found, err := l.ByName(name)
		if err != nil {
			return err
		}
		return do(c, l, found.Index)
	})
}

func (r *radios) removeInterface(ctx context.Context, a protocol.Interface) (protocol.None, error) {
	return protocol.None{}, r.on(ctx, a.Namespace, a.Interface, func(c *nl80211.Client, _ *link.Client, index uint32) error {
		return c.DeleteInterface(index)
	})
}

func (r *radios) setType(ctx context.Context, a protocol.SetType) (protocol.None, error) {
	kind, err := typeNamed(a.Type)
	if err != nil {
		return protocol.None{}, err
	}
	return protocol.None{}, r.on(ctx, a.Namespace, a.Interface, func(c *nl80211.Client, l *link.Client, index uint32) error {
		if err := l.SetDown(index); err != nil {
			return err
		}
		if err := c.SetInterfaceType(index, kind, 0); err != nil {
			return err
		}
		return l.SetUp(index)
	})
}

func (r *radios) tune(ctx context.Context, a protocol.Tune) (protocol.None, error) {
	to := nl80211.ChannelDefinition{Frequency: a.FrequencyMHz, Center1: a.CentreMHz}
	for _, w := range []nl80211.Width{nl80211.Width20, nl80211.Width40, nl80211.Width80, nl80211.Width160, nl80211.Width320} {
		if int(w.MHz()) == a.WidthMHz {
			to.Width = w
		}
	}
	if a.WidthMHz != 0 && to.Width == 0 {
		return protocol.None{}, coded(protocol.BadAsk, "a width of %d MHz", a.WidthMHz)
	}
	if to.Center1 == 0 && to.Width != 0 {
		wide, ok := nl80211.Widen(a.FrequencyMHz, to.Width)
		if !ok {
			return protocol.None{}, coded(protocol.BadAsk, "no channel of %d MHz at %d MHz", a.WidthMHz, a.FrequencyMHz)
		}
		to = wide
	}
	return protocol.None{}, r.on(ctx, a.Namespace, a.Interface, func(c *nl80211.Client, _ *link.Client, index uint32) error {
		return c.Tune(index, to)
	})
}
