package archcheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// A Package is what the rules need to know of one, as `go list` tells it.
type Package struct {
	ImportPath string   `json:"ImportPath"`
	Imports    []string `json:"Imports"`
	Dir        string   `json:"Dir"`
	GoFiles    []string `json:"GoFiles"`
	Standard   bool     `json:"Standard"`
}

// List returns the module's packages and all that they import, by import path.
// dir is the module's root.
func List(dir string) (map[string]Package, error) {
	cmd := exec.Command("go", "list", "-pgo=off", "-e", "-deps", "-json=ImportPath,Imports,Dir,GoFiles,Standard", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	packages := make(map[string]Package)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages[p.ImportPath] = p
	}
}

// CheckImports returns the breaches of the import rules, in a stable order.
func CheckImports(packages map[string]Package) []Violation {
	var found []Violation
	for _, path := range own(packages) {
		for _, ban := range bans {
			if !matches(path, ban.From) {
				continue
			}
			if chain := reach(packages, path, ban.Never); chain != nil {
				found = append(found, Violation{short(path), "imports " + strings.Join(chain, " → "), ban.Why})
			}
		}
		for _, imported := range packages[path].Imports {
			for _, home := range homes {
				if matches(imported, home.Import) && !anyMatch(path, home.Homes) {
					found = append(found, Violation{short(path), "imports " + short(imported), home.Why})
				}
			}
			if what := impurity(imported); what != "" && anyMatch(path, pure) {
				found = append(found, Violation{short(path), "imports " + imported + ": " + what, whyPure})
			}
		}
	}
	return found
}

// reach returns how path comes to import something that matches pattern, by
// the shortest way, or nil when it does not.
func reach(packages map[string]Package, path, pattern string) []string {
	from := map[string]string{path: ""}
	for queue := []string{path}; len(queue) > 0; queue = queue[1:] {
		for _, next := range packages[queue[0]].Imports {
			if _, seen := from[next]; seen {
				continue
			}
			from[next] = queue[0]
			if matches(next, pattern) {
				var chain []string
				for at := next; at != path; at = from[at] {
					chain = append(chain, short(at))
				}
				slices.Reverse(chain)
				return chain
			}
			if !packages[next].Standard {
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// own returns the import paths of the module's packages, sorted.
func own(packages map[string]Package) []string {
	var paths []string
	for path := range packages {
		if strings.HasPrefix(path, module) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// short returns an import path without the module's name.
func short(path string) string { return strings.TrimPrefix(path, module) }

// matches reports whether an import path is what the pattern of a rule means:
// the package itself or, where the pattern ends in a slash, one below it.
func matches(path, pattern string) bool {
	path = short(path)
	if strings.HasSuffix(pattern, "/") {
		return strings.HasPrefix(path+"/", pattern)
	}
	return path == pattern || strings.HasPrefix(path, pattern+"/") && !isStandard(pattern)
}

// isStandard reports whether a pattern names a package of the standard library,
// of which "net" does not mean "net/netip".
func isStandard(pattern string) bool {
	_, ok := impure[pattern]
	return ok || pattern == "testing"
}

func anyMatch(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(path, p) })
}

// impurity returns what an import brings that a pure package must not have, ""
// when nothing.
func impurity(imported string) string {
	for pattern, what := range impure {
		if matches(imported, pattern) {
			return what
		}
	}
	return ""
}
