package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"picket/radio/link"
	"picket/radio/nl80211"
	"picket/shared/task"
	"picket/shared/wlan"
	"picket/tools/lab/air/hwsim"
	"picket/tools/lab/protocol"
)

// radios are the simulated ones.
type radios struct {
	network *network

	mu      sync.Mutex
	number  int
	changed func(name string, address wlan.MAC, gone bool) // tells the medium; nil: there is none
}

func newRadios(n *network) *radios { return &radios{network: n} }

func (r *radios) register(s *server) {
	s.verbs[protocol.DoRegulatory] = handle(r.regulatory)
	s.verbs[protocol.DoRadioAdd] = handle(r.add)
	s.verbs[protocol.DoRadioRemove] = handle(r.remove)
	s.verbs[protocol.DoRadios] = handle(r.list)
	s.verbs[protocol.DoRadioMove] = handle(r.move)
	s.verbs[protocol.DoInterface] = handle(r.addInterface)
	s.verbs[protocol.DoUninterface] = handle(r.removeInterface)
	s.verbs[protocol.DoType] = handle(r.setType)
	s.verbs[protocol.DoTune] = handle(r.tune)
}

// nl calls do with a client of nl80211 in a namespace.
func (r *radios) nl(ctx context.Context, namespace string, do func(*nl80211.Client) error) error {
	return r.network.inside(ctx, namespace, func() error {
		c, err := nl80211.Dial()
		if err != nil {
			return err
		}
		defer c.Close()
		return do(c)
	})
}

// regulatory asks for a country and waits until it applies: the kernel answers at
// once and changes later.
func (r *radios) regulatory(ctx context.Context, a protocol.Regulatory) (protocol.Regulatory, error) {
	var now string
	err := r.nl(ctx, "", func(c *nl80211.Client) error {
		if err := c.SetRegulatory(a.Country); err != nil {
			return err
		}
		for {
			domains, err := c.Regulatory()
			if err != nil {
				return err
			}
			if now = domains.Global.Country; now == a.Country {
				return nil
			}
			if err := task.Sleep(ctx, 10*time.Millisecond); err != nil {
				return fmt.Errorf("the country is still %q: %w", now, err)
			}
		}
	})
	return protocol.Regulatory{Country: now}, err
}

func (r *radios) add(ctx context.Context, a protocol.Radio) (protocol.Added, error) {
	if a.Name == "" {
		return protocol.Added{}, coded(protocol.BadAsk, "a radio needs a name")
	}
	address, err := r.address(a.Address)
	if err != nil {
		return protocol.Added{}, err
	}
	// Wiphys of all namespaces share one space of names.
	all, err := r.list(ctx, protocol.None{})
	if err != nil {
		return protocol.Added{}, err
	}
	for _, other := range all.Radios {
		if other.Name == a.Name {
			return protocol.Added{}, coded(protocol.Exists, "there is a radio %s", a.Name)
		}
	}
	if err := r.network.need(ctx, a.Namespace); err != nil {
		return protocol.Added{}, err
	}
	c, err := hwsim.Dial()
	if err != nil {
		return protocol.Added{}, err
	}
	defer c.Close()
	err = c.Add(hwsim.Radio{
		Name: a.Name, Address: address, Channels: a.Channels, MLO: a.MLO, Strict: a.Strict, NoInterface: a.NoInterface,
	})
	if err != nil {
		return protocol.Added{}, err
	}
	added, err := r.place(ctx, a)
	if err != nil {
		return protocol.Added{}, errors.Join(fmt.Errorf("radio %s: %w", a.Name, err), c.Remove(a.Name))
	}
	added.Address = address.String()
	r.tell(a.Name, address, false)
	return added, nil
}

// place names a new radio's interface and moves both where they belong.
func (r *radios) place(ctx context.Context, a protocol.Radio) (protocol.Added, error) {
	added := protocol.Added{Name: a.Name}
	err := r.nl(ctx, "", func(c *nl80211.Client) error {
		wiphys, err := c.Wiphys()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(wiphys, func(w nl80211.Wiphy) bool { return w.Name == a.Name })
		if at < 0 {
			return fmt.Errorf("the kernel made it and does not list it: %w", os.ErrNotExist)
		}
		added.Index = wiphys[at].Index
		if a.Interface == "" {
			return nil
		}
		interfaces, err := c.Interfaces()
		if err != nil {
			return err
		}
		l, err := link.Dial()
		if err != nil {
			return err
		}
		defer l.Close()
		for _, i := range interfaces {
			if i.Wiphy == added.Index && i.Name != a.Interface {
				return l.SetName(i.Index, a.Interface)
			}
		}
		return nil
	})
	if err == nil && a.Namespace != "" {
		err = moveWiphy(ctx, a.Name, "", a.Namespace)
	}
	return added, err
}

// address is the one asked for, or the next of ours: 02:00:00:00:NN:00, as hwsim
// itself would give.
func (r *radios) address(asked string) (wlan.MAC, error) {
	if asked != "" {
		address, err := wlan.ParseMAC(asked)
		if err != nil {
			return address, coded(protocol.BadAsk, "%w", err)
		}
		return address, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.number++
	return wlan.MAC{0x02, 0, 0, byte(r.number >> 8), byte(r.number), 0}, nil
}

func (r *radios) remove(ctx context.Context, a protocol.Named) (protocol.None, error) {
	namespace, err := r.find(ctx, a.Name)
	if err != nil {
		return protocol.None{}, err
	}
	err = r.network.inside(ctx, namespace, func() error {
		c, err := hwsim.Dial()
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Remove(a.Name)
	})
	if err == nil {
		r.tell(a.Name, wlan.MAC{}, true)
	}
	return protocol.None{}, err
}

// tell lets the medium know of a radio.
func (r *radios) tell(name string, address wlan.MAC, gone bool) {
	r.mu.Lock()
	changed := r.changed
	r.mu.Unlock()
	if changed != nil {
		changed(name, address, gone)
	}
}

// onChange sets who is told of radios; nil: nobody.
func (r *radios) onChange(changed func(string, wlan.MAC, bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed = changed
}

// find returns the namespace that a wiphy is in.
func (r *radios) find(ctx context.Context, name string) (string, error) {
	all, err := r.list(ctx, protocol.None{})
	if err != nil {
		return "", err
	}
	for _, found := range all.Radios {
		if found.Name == name {
			return found.Namespace, nil
		}
	}
	return "", coded(protocol.Absent, "there is no radio %s", name)
}

// A wiphy is one, wherever it is.
type wiphy struct {
	nl80211.Wiphy
	namespace  string
	interfaces []nl80211.Interface
}

// all returns the wiphys of all namespaces.
func (r *radios) all(ctx context.Context) ([]wiphy, error) {
	names, err := r.network.names()
	if err != nil {
		return nil, err
	}
	var found []wiphy
	for _, namespace := range append([]string{""}, names...) {
		err := r.nl(ctx, namespace, func(c *nl80211.Client) error {
			wiphys, err := c.Wiphys()
			if err != nil {
				return err
			}
			interfaces, err := c.Interfaces()
			if err != nil {
				return err
			}
			for _, w := range wiphys {
				one := wiphy{Wiphy: w, namespace: namespace}
				for _, i := range interfaces {
					if i.Wiphy == w.Index {
						one.interfaces = append(one.interfaces, i)
					}
				}
				found = append(found, one)
			}
			return nil
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a namespace that just went
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b wiphy) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

func (r *radios) list(ctx context.Context, _ protocol.None) (protocol.Radios, error) {
	all, err := r.all(ctx)
	if err != nil {
		return protocol.Radios{}, err
	}
	var result protocol.Radios
	for _, w := range all {
		info := protocol.RadioInfo{Name: w.Name, Index: w.Index, Namespace: w.namespace}
		for _, i := range w.interfaces {
			info.Interfaces = append(info.Interfaces, protocol.RadioInterface{
				Name: i.Name, Index: i.Index, Address: i.MAC.String(), Type: i.Type.String(),
				FrequencyMHz: i.Channel.Frequency, SSID: i.SSID,
			})
		}
		result.Radios = append(result.Radios, info)
	}
	return result, nil
}

func (r *radios) move(ctx context.Context, a protocol.Move) (protocol.None, error) {
	from, err := r.find(ctx, a.Name)
	if err != nil || from == a.Namespace {
		return protocol.None{}, err
	}
	return protocol.None{}, moveWiphy(ctx, a.Name, from, a.Namespace)
}

// moveWiphy moves a wiphy between namespaces. Its interfaces go with it, and down.
func moveWiphy(ctx context.Context, name, from, to string) error {
	argv := []string{"iw", "phy", name, "set", "netns"}
	if to == "" {
		argv = append(argv, strconv.Itoa(os.Getpid()))
	} else {
		argv = append(argv, "name", to)
	}
	if from != "" {
		argv = append([]string{"ip", "netns", "exec", from}, argv...)
	}
	err := tool(ctx, argv...)
	return err
}

// wiphysIn are the names of those in a namespace.
func (n *network) wiphysIn(ctx context.Context, namespace string) ([]string, error) {
	var names []string
	err := n.inside(ctx, namespace, func() error {
		c, err := nl80211.Dial()
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return nil // no wireless stack: no wiphys
			}
			return err
		}
		defer c.Close()
		wiphys, err := c.Wiphys()
		for _, w := range wiphys {
			names = append(names, w.Name)
		}
		return err
	})
	return names, err
}

// reset removes every simulated radio.
func (r *radios) reset(ctx context.Context) ([]string, error) {
	all, err := r.all(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // no wireless stack: no radios
	}
	var names []string
	for _, w := range all {
		names = append(names, w.Name)
		_, failed := r.remove(ctx, protocol.Named{Name: w.Name})
		err = errors.Join(err, failed)
	}
	r.mu.Lock()
	r.number = 0
	r.mu.Unlock()
	return names, err
}
