package main

import (
	"bytes"
	"strings"
	"testing"

	"picket/server/embedded"
	"picket/server/testdb"
)

func TestPlacesAndPeopleAreAdministered(t *testing.T) {
	db := testdb.New(t)
	do := func(args ...string) (string, error) {
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"-database", db.URL(embedded.Superuser), "people"}, args...), &out, &errs)
		return out.String(), err
	}
	for _, args := range [][]string{
		{"add-site", "-slug", "north", "-name", "North"}, {"add-floor", "-slug", "north", "-name", "Ground", "-level", "0"},
		{"rename-site", "-slug", "north", "-name", "North wing"}, {"remove-site", "-slug", "north"},
	} {
		if out, err := do(args...); err != nil || out != "" {
			t.Errorf("%v: %q, %v", args, out, err)
		}
	}
	if _, err := do("remove-site", "-slug", "north"); err == nil {
		t.Error("a site was removed twice")
	}
	id, err := do("add-organisation", "-name", "Elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := do("add-tenant", "-organisation", strings.TrimSpace(id), "-slug", "elsewhere", "-name", "Elsewhere"); err != nil {
		t.Error(err)
	}
	if token, err := do("invite", "-tenant", "elsewhere", "-role", "operator"); err != nil || len(strings.TrimSpace(token)) != 43 {
		t.Errorf("invite: %q, %v", token, err)
	}
	if _, err := do("invite", "-role", "organisation-admin"); err == nil {
		t.Error("a tenant got a role of organisations")
	}
	if out, err := do("list"); err != nil || !strings.Contains(out, "elsewhere") || !strings.Contains(out, strings.TrimSpace(id)) {
		t.Errorf("list: %q, %v", out, err)
	}
	if _, err := do("disable", "-user", "nobody"); err == nil {
		t.Error("nobody was disabled")
	}
}
