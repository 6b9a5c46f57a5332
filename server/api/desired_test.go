package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
)

const tenantPath = "/api/v1/tenants/default/"

// said is a layer as the console sends it: a setting that is not there is null.
type said map[string]any

func (s said) body() map[string]any {
	radio := map[string]any{"use": nil, "country": nil, "ownMHz": nil, "onlyMHz": nil, "excludeMHz": nil, "shareIndex": nil, "shareOf": nil, "revisitMS": nil}
	body := map[string]any{"windowMS": nil, "radio": radio}
	for name, value := range s {
		if name == "windowMS" {
			body[name] = value
			continue
		}
		radio[name] = value
	}
	return body
}

func TestSettingsOfSiteAndTapAreSetAndExplained(t *testing.T) {
	n := newNode(t).signIn()
	tap := n.db.Tap(t, n.store, "alpha")
	path := "taps/" + tap.TapID.String() + "/settings"

	fresh := fetch[TapSettings](n, path)
	if fresh.Revision != 1 || fresh.Followed || fresh.FollowedRevision != nil || fresh.OfTap.ChangedBy != nil || fresh.OfTap.ChangedAt != nil ||
		fresh.Effective.Radio.OwnMHz != nil || fresh.Sources.Use != "none" || fresh.Locks == nil {
		t.Errorf("nothing set: %+v", fresh)
	}
	resp := n.do("PUT", tenantPath+"sites/main/settings", said{"windowMS": 5000, "country": "DE", "ownMHz": []int{5180, 2412}, "revisitMS": 30_000}.body())
	site := decode[SiteSettings](t, resp)
	if resp.StatusCode != http.StatusOK || site.Site.Slug != "main" || site.Taps != 1 || *site.ChangedBy != testName || site.ChangedAt == nil ||
		!slices.Equal(site.Radio.OwnMHz, []int{2412, 5180}) || *site.WindowMS != 5000 || site.Radio.OnlyMHz != nil {
		t.Errorf("%s: %+v", resp.Status, site)
	}
	if got := fetch[SiteSettings](n, "sites/main/settings"); *got.Radio.Country != "DE" {
		t.Errorf("read again: %+v", got)
	}
	resp = n.do("PUT", tenantPath+path, said{"ownMHz": []int{}, "excludeMHz": []int{2437}, "shareIndex": 1, "shareOf": 3, "use": false}.body())
	got := decode[TapSettings](t, resp)
	e := got.Effective
	if resp.StatusCode != http.StatusOK || e.Radio.OwnMHz == nil || len(e.Radio.OwnMHz) != 0 || *e.Radio.Country != "DE" || *e.WindowMS != 5000 ||
		!slices.Equal(e.Radio.ExcludeMHz, []int{2437}) || *e.Radio.ShareIndex != 1 || *e.Radio.ShareOf != 3 || *e.Radio.Use || *e.Radio.RevisitMS != 30_000 {
		t.Errorf("%s: effective %+v", resp.Status, e.Radio)
	}
	want := SettingSources{WindowMS: "site", Use: "tap", Country: "site", OwnMHz: "tap", OnlyMHz: "none", ExcludeMHz: "tap", Share: "tap", RevisitMS: "site"}
	if got.Sources != want || got.Site.Name != "Main site" || *got.OfTap.ChangedBy != testName || got.OfSite.Radio.Use != nil {
		t.Errorf("sources %+v", got.Sources)
	}
	if got.Revision <= fresh.Revision || got.Followed {
		t.Errorf("revision %d, followed %v", got.Revision, got.Followed)
	}
}

func TestTapsTellWhatTheyFollow(t *testing.T) {
	w := newWorld(t)
	path := "taps/" + w.alpha.TapID.String() + "/settings"
	if got := fetch[TapSettings](w.node, path); got.FollowedRevision != nil || got.Followed {
		t.Errorf("follows %v", got.FollowedRevision)
	}
	report := w.reports[len(w.reports)-1]
	report.Header.Sequence++
	report.Header.WindowStartUs += 10_000_000
	report.Header.DesiredRevision = 1
	w.add(w.alpha.TenantID, w.alpha.TapID, report)
	if got := fetch[TapSettings](w.node, path); got.FollowedRevision == nil || *got.FollowedRevision != 1 || !got.Followed {
		t.Errorf("follows %v", got.FollowedRevision)
	}
}

func TestWrongSettingsAreRefusedWithTheirField(t *testing.T) {
	n := newNode(t).signIn()
	tap := n.db.Tap(t, n.store, "alpha")
	path := tenantPath + "taps/" + tap.TapID.String()
	type problem struct {
		Status int
		Detail string
		Errors []struct{ Location, Message string }
	}
	tests := []struct {
		name, method, path string
		body               any
		location           string
	}{
		{"country", "PUT", path + "/settings", said{"country": "d1"}.body(), "body.radio.country"},
		{"centre of 40 MHz", "PUT", path + "/settings", said{"ownMHz": []int{5190}}.body(), "body.radio.ownMHz"},
		{"beyond any number", "PUT", path + "/settings", said{"onlyMHz": []int{1 << 40}}.body(), "body.radio.onlyMHz"},
		{"negative", "PUT", path + "/settings", said{"excludeMHz": []int{-2412}}.body(), "body.radio.excludeMHz"},
		{"half a share", "PUT", path + "/settings", said{"shareOf": 2}.body(), "body.radio.shareOf"},
		{"share beyond", "PUT", path + "/settings", said{"shareIndex": 2, "shareOf": 2}.body(), "body.radio.shareOf"},
		{"revisit", "PUT", path + "/settings", said{"revisitMS": 5}.body(), "body.radio.revisitMS"},
		{"window", "PUT", path + "/settings", said{"windowMS": 7000}.body(), "body.windowMS"},
		{"window of a site", "PUT", tenantPath + "sites/main/settings", said{"windowMS": 61_000}.body(), "body.windowMS"},
		{"share of a site", "PUT", tenantPath + "sites/main/settings", said{"shareIndex": 0, "shareOf": 2}.body(), "body.radio.shareOf"},
		{"a setting left out", "PUT", path + "/settings", map[string]any{"windowMS": nil}, "body"},
		{"a setting that is none", "PUT", path + "/settings", said{"power": 20}.body(), "body.radio.power"},
		{"lock off channel", "POST", path + "/locks", map[string]any{"frequencyMHz": 5190, "minutes": 5}, "body.frequencyMHz"},
		{"lock too long", "POST", path + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 1441}, "body.minutes"},
		{"lock for no address", "POST", path + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5, "bssid": "x"}, "body.bssid"},
		{"lock for a group", "POST", path + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5, "bssid": "01:00:5e:00:00:01"}, "body.frequencyMHz"},
		{"lock of an adapter with a space", "POST", path + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5, "adapter": "a b"}, "body.frequencyMHz"},
	}
	for _, tt := range tests {
		resp := n.do(tt.method, tt.path, tt.body)
		p := decode[problem](t, resp)
		if resp.StatusCode != http.StatusUnprocessableEntity || p.Detail == "" || len(p.Errors) == 0 || p.Errors[0].Location != tt.location || p.Errors[0].Message == "" {
			t.Errorf("%s: %s %+v", tt.name, resp.Status, p)
		}
	}
	if got := fetch[TapSettings](n, "taps/"+tap.TapID.String()+"/settings"); got.Revision != 1 {
		t.Errorf("revision %d after refusals", got.Revision)
	}
	nowhere := uuid.NewString()
	for _, r := range []struct {
		method, path string
		body         any
	}{
		{"GET", "taps/" + nowhere + "/settings", nil},
		{"PUT", "taps/" + nowhere + "/settings", said{}.body()},
		{"POST", "taps/" + nowhere + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5}},
		{"DELETE", "taps/" + tap.TapID.String() + "/locks/" + nowhere, nil},
		{"GET", "sites/nowhere/settings", nil},
		{"PUT", "sites/nowhere/settings", said{}.body()},
	} {
		resp := n.do(r.method, tenantPath+r.path, r.body)
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s: %s", r.method, r.path, resp.Status)
		}
		problemOf(t, resp)
	}
}

func TestChannelIsLockedAndUnlocked(t *testing.T) {
	n := newNode(t).signIn()
	tap := n.db.Tap(t, n.store, "alpha")
	path := "taps/" + tap.TapID.String()
	resp := n.do("POST", tenantPath+path+"/locks", map[string]any{"frequencyMHz": 5955, "minutes": 45, "bssid": "00:00:5E:00:53:0A", "adapter": "phy1"})
	lock := decode[ChannelLock](t, resp)
	left := time.Until(lock.EndsAt.Time)
	if resp.StatusCode != http.StatusCreated || lock.Band != "6 GHz" || *lock.Channel != 1 || *lock.BSSID != "00:00:5e:00:53:0a" ||
		*lock.Adapter != "phy1" || lock.CreatedBy != testName || left < 44*time.Minute || left > 46*time.Minute {
		t.Errorf("%s: %+v", resp.Status, lock)
	}
	resp = n.do("POST", tenantPath+path+"/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5})
	if plain := decode[ChannelLock](t, resp); resp.StatusCode != http.StatusCreated || plain.BSSID != nil || plain.Adapter != nil {
		t.Errorf("%s: %+v", resp.Status, plain)
	}
	got := fetch[TapSettings](n, path+"/settings")
	if len(got.Locks) != 2 || got.Locks[0].FrequencyMHz != 2412 || got.Locks[1].ID != lock.ID {
		t.Errorf("locks %+v", got.Locks)
	}
	if resp := n.do("DELETE", tenantPath+path+"/locks/"+lock.ID, nil); resp.StatusCode != http.StatusNoContent {
		t.Errorf("unlock: %s", resp.Status)
	}
	if after := fetch[TapSettings](n, path+"/settings"); len(after.Locks) != 1 || after.Revision <= got.Revision {
		t.Errorf("after unlocking: %+v", after)
	}
}

func TestOnlyAdministratorsOfTheTenantChangeWhatTapsDo(t *testing.T) {
	n := newNode(t)
	tap := n.db.Tap(t, n.store, "alpha")
	path := tenantPath + "taps/" + tap.TapID.String()
	requests := []struct {
		method, path string
		body         any
	}{
		{"PUT", path + "/settings", said{"use": false}.body()},
		{"PUT", tenantPath + "sites/main/settings", said{"use": false}.body()},
		{"POST", path + "/locks", map[string]any{"frequencyMHz": 2412, "minutes": 5}},
		{"DELETE", path + "/locks/" + uuid.NewString(), nil},
	}
	for _, r := range requests {
		if resp := n.do(r.method, r.path, r.body); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("signed out: %s %s: %s", r.method, r.path, resp.Status)
		}
	}
	n.signIn()
	other := n.addTenant("other")
	stranger := n.db.TapAt(t, n.store, other, "other-site", "beta")
	if resp := n.do("PUT", tenantPath+"taps/"+stranger.TapID.String()+"/settings", said{}.body()); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another tenant's tap: %s", resp.Status)
	}
	if d, _, err := n.store.DesiredDocument(t.Context(), other, stranger.TapID); err != nil || d.Revision != 1 {
		t.Errorf("another tenant's tap has revision %d, %v", d.Revision, err)
	}
	conn := n.db.Conn(t, store.RoleOwner)
	var changed int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM desired_setting").Scan(&changed); err != nil || changed != 0 {
		t.Errorf("%d settings were set, %v", changed, err)
	}
}
