package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// compile builds the programs into dir, as make build does.
func (p product) compile(ctx context.Context, root, version, arch, dir string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=" + version, "-o", dir + "/"}, p.programs...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = root, environment(arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func environment(arch string) []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
}

// licences returns the licences of everything that the programs are linked from
// besides the project itself: they ask for that.
func (p product) licences(ctx context.Context, root, arch string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"}, p.programs...)...)
	cmd.Dir, cmd.Env = root, environment(arch)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	goRoot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	modules = slices.Compact(modules)
	modules = append([]string{"Go\t" + strings.TrimSpace(string(goRoot))}, modules...)

	var all bytes.Buffer
	for _, line := range modules {
		name, dir, _ := strings.Cut(line, "\t")
		texts, err := licenceOf(dir)
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", name, err)
		}
		fmt.Fprintf(&all, "==== %s\n\n%s\n", name, texts)
	}
	return all.Bytes(), nil
}

// licenceOf returns a module's licence and notice.
func licenceOf(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []byte
	licensed := false
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		isLicence := strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "LICENCE") || strings.HasPrefix(name, "COPYING")
		if e.IsDir() || !isLicence && !strings.HasPrefix(name, "NOTICE") || strings.HasSuffix(name, ".GO") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		licensed = licensed || isLicence
		all = append(append(all, bytes.TrimSpace(b)...), "\n\n"...)
	}
	if !licensed {
		return nil, errors.New("no LICENSE or COPYING in its folder")
	}
	return all, nil
}
