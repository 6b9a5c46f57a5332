package main

import (
	"regexp"
	"strings"
	"testing"

	"picket/server/store"
)

func TestPeopleRefusesInWordsOfWhoTyped(t *testing.T) {
	d := newDesk(t)
	organisation := strings.TrimSpace(d.do("people add-organisation -name Elsewhere"))
	tenant := strings.TrimSpace(d.do("people add-tenant -organisation " + organisation + " -slug elsewhere -name Elsewhere"))
	for what, id := range map[string]string{"add-organisation": organisation, "add-tenant": tenant} {
		if !regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(id) {
			t.Errorf("%s prints %q, want an id", what, id)
		}
	}
	expectText(t, "people list", steady(d.do("people list")), ""+
		"organisation  Default    "+"           ID\n"+
		"tenant        Default    default    ID\n"+
		"organisation  Elsewhere             ID\n"+
		"tenant        Elsewhere  elsewhere  ID\n")
	const nobody = "00000000-0000-0000-0000-000000000000"
	for command, says := range map[string]string{
		"invite -role admin":                                                    "tenant-admin, operator, analyst, viewer",
		"invite -tenant nobody":                                                 `-tenant: there is no tenant "nobody"`,
		"add-site -tenant nobody -slug north -name North":                       `-tenant: there is no tenant "nobody"`,
		"add-site -slug main -name Main":                                        `the tenant "default" has a site "main" already`,
		"add-site -slug N! -name North":                                         `-slug: "N!" is not`,
		"add-site -slug north":                                                  "-name: 0 characters",
		"rename-site -slug nowhere -name x":                                     `has no site "nowhere"`,
		"remove-site -slug nowhere":                                             `has no site "nowhere"`,
		"remove-site -slug main":                                                "has taps, tokens or settings still",
		"add-floor -slug nowhere -name x":                                       `has no site "nowhere"`,
		"add-floor -slug main -name x -level 999":                               "-level: 999",
		"add-tenant -organisation nonsense -slug a -name a":                     `-organisation: "nonsense" is no id`,
		"add-tenant -organisation " + nobody + " -slug a -name a":               "no organisation with the id " + nobody,
		"add-tenant -organisation " + organisation + " -slug elsewhere -name a": `there is a tenant "elsewhere" already`,
		"add-organisation":                                                      "-name: 0 characters",
		"remove-tenant -organisation " + organisation + " -slug nowhere":        `has no tenant "nowhere"`,
		"reset":                         "-user is needed",
		"reset -user nonsense":          `-user: "nonsense" is no id`,
		"reset -user " + nobody:         "there is no user",
		"disable":                       "-user is needed",
		"disable -user " + nobody:       "there is no user",
		"remove-factor -user " + nobody: "there is no user",
		"eat":                           "nodectl people -help",
	} {
		if command == "remove-site -slug main" {
			d.do("token") // which is of it
		}
		d.refused("people "+command, says)
	}
	if token := d.do("people invite -tenant elsewhere -role operator -note Ann"); !regexp.MustCompile(`^[A-Za-z0-9_-]{43}\n$`).MatchString(token) {
		t.Errorf("invite prints %q, want a token alone", token)
	}
	conn := d.db.Conn(t, store.RoleOwner)
	var nameless, ours int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE actor_kind <> 'nodectl'), count(*) FROM audit_log").Scan(&nameless, &ours); err != nil {
		t.Fatal(err)
	}
	if nameless > 0 || ours < 3 {
		t.Errorf("%d of %d lines of the audit log do not say that nodectl did it", nameless, ours)
	}
}
