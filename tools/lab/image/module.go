package image

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"path"
	"strings"
)

// errNoModule is followed by a name.
var errNoModule = errors.New("this kernel has no module")

// moduleName is how the kernel names the module of a file: "ghash-generic.ko.xz"
// is ghash_generic.
func moduleName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// dependencies returns what a module says it depends on, in its section .modinfo:
// "depends=cfg80211,rfkill" (kernel: scripts/mod/modpost.c, add_depends).
func dependencies(module []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(module))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, errors.New("no section .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for field := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := bytes.CutPrefix(field, []byte("depends=")); ok && len(list) > 0 {
			return strings.Split(strings.ReplaceAll(string(list), "-", "_"), ","), nil
		}
	}
	return nil, nil
}

// A moduleSet finds modules and what they depend on.
type moduleSet struct {
	files   map[string]string                 // by the module's name
	builtin map[string]bool                   // in the kernel itself
	read    func(file string) ([]byte, error) // a file's content, decompressed
	chosen  map[string][]byte                 // file without .xz → content
	order   []string                          // of the chosen, dependencies first
}

// choose adds a module after those that it depends on.
func (s *moduleSet) choose(name string) error {
	name = strings.ReplaceAll(name, "-", "_")
	if s.builtin[name] {
		return nil
	}
	file, ok := s.files[name]
	if !ok {
		return fmt.Errorf("%w %s", errNoModule, name)
	}
	plain := strings.TrimSuffix(file, ".xz")
	if _, done := s.chosen[plain]; done {
		return nil
	}
	content, err := s.read(file)
	if err != nil {
		return fmt.Errorf("module %s: %w", name, err)
	}
	s.chosen[plain] = content // before its dependencies, which never lead back
	needs, err := dependencies(content)
	if err != nil {
		return fmt.Errorf("module %s: %w", name, err)
	}
	for _, n := range needs {
		if err := s.choose(n); err != nil {
			return fmt.Errorf("%w, which %s needs", err, name)
		}
	}
	s.order = append(s.order, plain)
	return nil
}
