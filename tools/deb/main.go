package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

const usage = `deb builds dist/picket-tap_VERSION_ARCH.deb and dist/picket-node_VERSION_ARCH.deb, from the top folder of the project.

Usage: go run ./tools/deb [flags] [ARCH...]

Without ARCH it builds for amd64 and arm64.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "deb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	fs := flag.NewFlagSet("deb", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, usage)
		fs.PrintDefaults()
	}
	version := fs.String("version", "devel", "`VERSION` of the programs, as git describe says it")
	out := fs.String("out", "dist", "`DIR` for the packages")
	if err := fs.Parse(args); err != nil {
		return err
	}
	architectures := fs.Args()
	if len(architectures) == 0 {
		architectures = []string{"amd64", "arm64"}
	}
	for _, arch := range architectures {
		if !slices.Contains([]string{"amd64", "arm64"}, arch) {
			return fmt.Errorf("architecture %q: not amd64 or arm64", arch)
		}
	}
	epoch, err := sourceDate(ctx)
	if err != nil {
		return err
	}
	p := pack{root: ".", version: debianVersion(*version, epoch), date: epoch, level: 6}
	for _, arch := range architectures {
		for _, p.product = range products() {
			path, err := build(ctx, p, *version, arch, *out)
			if err != nil {
				return fmt.Errorf("%s %s: %w", p.name, arch, err)
			}
			fmt.Fprintln(stdout, path)
		}
	}
	return nil
}

// build compiles for arch and packs the result into the folder out.
func build(ctx context.Context, p pack, version, arch, out string) (path string, err error) {
	bin, err := os.MkdirTemp("", "picket-deb-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(bin)) }()
	if err := p.compile(ctx, p.root, version, arch, bin); err != nil {
		return "", err
	}
	p.arch, p.bin = arch, bin
	if p.licences, err = p.product.licences(ctx, p.root, arch); err != nil {
		return "", err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(out, p.fileName())
	return path, p.write(ctx, path)
}
