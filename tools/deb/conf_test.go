package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"picket/appliance/config"
	"picket/shared/enrol"
)

func template(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(top, "packaging/tap.conf"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tap.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Parse([]string{"-config", path}, io.Discard)
}

// setting is one that the template shows as a comment.
var setting = regexp.MustCompile(`(?m)^#([a-z]+) = (.*)$`)

func TestReference(t *testing.T) {
	text := template(t)
	if c, err := parse(t, text); err != nil || len(c.Nodes) > 0 || c.Token != nil {
		t.Errorf("the template as it is: %+v, %v; want only defaults", c, err)
	}
	token := enrol.Token{CA: [32]byte{1}, Secret: [20]byte{2}}.Text()
	filled := strings.Replace(text, "#token = picket1.", "#token = "+token, 1)
	if _, err := parse(t, setting.ReplaceAllString(filled, "$1 = $2")); err != nil {
		t.Errorf("the template with its comments switched on: %v", err)
	}
	shown := map[string]bool{
		"config": true, "version": true, // of the command line alone
		"state": true, // the unit says where
		"demo":  true, // not of a service
	}
	for _, m := range setting.FindAllStringSubmatch(text, -1) {
		shown[m[1]] = true
	}
	var help strings.Builder
	_, _ = config.Parse([]string{"--help"}, &help)
	settings := regexp.MustCompile(`(?m)^  -([a-z]+) `).FindAllStringSubmatch(help.String(), -1)
	if len(settings) < 10 {
		t.Fatalf("only %d settings in tapd --help", len(settings))
	}
	for _, m := range settings {
		if !shown[m[1]] {
			t.Errorf("the template does not tell of %s", m[1])
		}
	}
}

func TestServiceWaitsForANode(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(top, "packaging/deb/configured"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		conf     string
		enrolled bool
		want     bool
	}{
		{name: "as installed", conf: template(t)},
		{name: "a node without a token", conf: "node = https://192.0.2.1\n", want: true},
		{name: "a token without a node", conf: "token = picket1.x\n"},
		{name: "both, the node empty", conf: "node =\ntoken = picket1.x\n"},
		{name: "both, the node a comment", conf: "node = # https://192.0.2.1\ntoken = picket1.x\n"},
		{name: "both", conf: "  node=https://192.0.2.1\ntoken\t= picket1.x", want: true},
		{name: "enrolled before", conf: "", enrolled: true, want: true},
	} {
		dir := t.TempDir()
		conf := filepath.Join(dir, "tap.conf")
		if err := os.WriteFile(conf, []byte(tt.conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if tt.enrolled {
			if err := os.WriteFile(filepath.Join(dir, "identity.json"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.CommandContext(t.Context(), script, conf, dir).CombinedOutput()
		if got := err == nil; got != tt.want || !got && !strings.Contains(string(out), conf) {
			t.Errorf("%s: %v, said %q", tt.name, err, out)
		}
	}
}
