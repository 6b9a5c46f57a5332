package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"picket/server/embedded"
	"picket/server/testdb"
	"picket/shared/enrol"
)

// TestDashboardAsksForMetricsThatThereAre compares every query of the Grafana
// dashboard with what a node shows.
func TestDashboardAsksForMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../../deploy/grafana/picket.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	bin, file := programs(t), filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("a token of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	database := testdb.New(t).URL(embedded.Superuser)
	p := startNode(t, bin, dataDir(t), "-database", database, "-metrics-token", file)
	defer p.stop()
	out, err := nodectlOn(t, bin, database, "token")
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(out)
	if err != nil {
		t.Fatal(err)
	}
	client := pinned(t, token, p.ready.URL)
	if got, _ := call(t, client, "POST", p.ready.URL+"/v1/reports", "{}"); got != 415 { // so that there is a result to count
		t.Fatalf("a report of the wrong type: %d", got)
	}
	request, err := http.NewRequestWithContext(t.Context(), "GET", p.ready.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer a token of some length")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	shown, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("metrics: %d, %v", answer.StatusCode, err)
	}
	there := map[string]bool{}
	for line := range strings.SplitSeq(string(shown), "\n") {
		name, _, _ := strings.Cut(line, " ")
		name, _, _ = strings.Cut(name, "{")
		there[name] = true
	}
	metric, queries := regexp.MustCompile(`\b(picket|go|process)_[a-z0-9_]+`), 0
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			names := metric.FindAllString(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s: %s asks for nothing of ours", panel.Title, target.Expr)
			}
			for _, name := range names {
				queries++
				if !there[name] {
					t.Errorf("%s asks for %s, which no node shows", panel.Title, name)
				}
			}
		}
	}
	if queries < 20 {
		t.Errorf("only %d names were compared", queries)
	}
}
