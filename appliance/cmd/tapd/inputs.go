package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"picket/appliance/capture"
	"picket/appliance/config"
	"picket/appliance/pipeline"
	"picket/shared/wire/wirepb"
)

// inputs returns what to capture from, and whether it is a recording, which
// reports then say.
func inputs(cfg config.Config, sys fs.FS, own *ownTraffic, ring int, log *slog.Logger) (all []pipeline.Input, recording bool, err error) {
	if len(cfg.Demos) > 0 {
		for _, path := range cfg.Demos {
			all = append(all, fileInput(path, func() (capture.Source, error) { return capture.OpenDemo(path) }))
		}
		return all, true, nil
	}
	names := cfg.Captures
	if len(names) == 0 {
		if names = ethernetInterfaces(sys); len(names) == 0 && len(cfg.Radios) == 0 {
			return nil, false, errors.New("no Ethernet interface is up: name one with -capture")
		}
	}
	recordings := 0
	for _, name := range names {
		info, err := os.Stat(name)
		switch isFile := err == nil && !info.IsDir() && !exists(sys, interfacePath(name)); {
		case name == "-" || isFile && !info.Mode().IsRegular(): // a pipe
			all = append(all, fileInput(name, func() (capture.Source, error) { return capture.OpenFile(name) }))
		case isFile:
			recordings++
			all = append(all, fileInput(name, once(name)))
		case strings.ContainsRune(name, '/'):
			return nil, false, fmt.Errorf("capture %s: %w", name, fs.ErrNotExist)
		default:
			all = append(all, interfaceInput(name, sys, own, ring))
		}
	}
	if recordings > 0 && recordings < len(names) {
		return nil, false, errors.New("interfaces and recorded files exclude each other: a recording must not pass for what is heard now; start two taps, each with a -state of its own")
	}
	if recordings == 0 {
		err = checkPermission(all, log)
	}
	return all, recordings > 0, err
}

func fileInput(path string, open func() (capture.Source, error)) pipeline.Input {
	return pipeline.Input{Name: filepath.Base(path), Kind: wirepb.Capture_KIND_FILE, Open: open}
}

// once opens a recording the first time, and is at its end from then on.
func once(path string) func() (capture.Source, error) {
	opened := false
	return func() (capture.Source, error) {
		if opened {
			return nil, fmt.Errorf("%s: the recording has ended", filepath.Base(path))
		}
		d, err := capture.OpenRecording(path)
		opened = err == nil
		return d, err
	}
}

func interfaceInput(name string, sys fs.FS, own *ownTraffic, ring int) pipeline.Input {
	in := pipeline.Input{Name: name, Kind: interfaceKind(sys, name), Driver: driver(sys, name)}
	in.Open = func() (capture.Source, error) {
		opt := capture.LiveOptions{Promiscuous: in.Kind == wirepb.Capture_KIND_ETHERNET, RingOctets: ring}
		if in.Kind == wirepb.Capture_KIND_ETHERNET {
			opt.Filter = own.filter()
		}
		r, err := capture.OpenInterface(name, opt)
		if err != nil {
			return nil, err // not r: a nil *Ring in an interface is not nil
		}
		return r, nil
	}
	return in
}

// howToPermit tells what an operator has to do.
const howToPermit = "give tapd the capabilities once with: sudo setcap cap_net_raw,cap_net_admin+ep PATH-OF-TAPD, or run it with sudo"

// checkPermission tries the interfaces once. Without the capability there is
// nothing to report if there are only interfaces; otherwise the tap goes on with
// what it may, and its reports say what it may not.
func checkPermission(all []pipeline.Input, log *slog.Logger) error {
	denied := 0
	var last error
	for _, in := range all {
		if in.Kind == wirepb.Capture_KIND_FILE {
			continue
		}
		source, err := in.Open()
		switch {
		case err == nil:
			if err := source.Close(); err != nil {
				return err
			}
		case errors.Is(err, os.ErrPermission):
			denied++
			last = err
			log.Error("interface cannot be captured", "capture", in.Name, "err", err, "remedy", howToPermit)
		default:
			log.Warn("interface cannot be captured now; it is tried again", "capture", in.Name, "err", err)
		}
	}
	if denied > 0 && denied == len(all) {
		return fmt.Errorf("%w; %s", last, howToPermit)
	}
	return nil
}
