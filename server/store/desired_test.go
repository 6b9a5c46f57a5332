package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/desired"
	"picket/shared/wlan"
)

func pointer[T any](v T) *T { return &v }

// wanted is a tap and what is wanted of it.
type wanted struct {
	t      testing.TB
	store  *store.Store
	tap    store.TapIdentity
	tenant string
	id     string
}

func newWanted(t testing.TB) (*testdb.DB, *wanted) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "alpha")
	return db, &wanted{t, s, tap, tap.TenantID.String(), tap.TapID.String()}
}

func (w *wanted) putTap(s desired.Settings) {
	w.t.Helper()
	if err := w.store.Desired().PutTap(w.t.Context(), w.tenant, w.id, s, "admin"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wanted) putSite(s desired.Settings) {
	w.t.Helper()
	if err := w.store.Desired().PutSite(w.t.Context(), w.tenant, "main", s, "boss"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wanted) read() store.TapDesired {
	w.t.Helper()
	got, err := w.store.Desired().Tap(w.t.Context(), w.tenant, w.id)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// document is what the tap is told, as far as it can be signed.
func (w *wanted) document() desired.Document {
	w.t.Helper()
	d, revoked, err := w.store.DesiredDocument(w.t.Context(), w.tap.TenantID, w.tap.TapID)
	if err != nil || revoked {
		w.t.Fatalf("revoked %v, %v", revoked, err)
	}
	d.Cluster = strings.Repeat("ab", 32)
	if _, err := desired.Encode(d); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func TestTapThatNobodySetAnythingForHasADocument(t *testing.T) {
	_, w := newWanted(t)
	d := w.document()
	if d.Revision != 1 || d.Tap != w.id || time.Since(d.IssuedAt) > time.Minute {
		t.Errorf("document %+v", d)
	}
	if diff := cmp.Diff(desired.Radio{}, d.Radio); diff != "" || d.WindowMS != 0 {
		t.Errorf("something is wanted:\n%s", diff)
	}
	if got := w.read(); got.Site.ChangedBy != "" || !got.Tap.ChangedAt.IsZero() || got.Followed != nil || got.SiteSlug != "main" {
		t.Errorf("read %+v", got)
	}
}

func TestSettingsOfSiteAndTapBecomeOneDocument(t *testing.T) {
	_, w := newWanted(t)
	site := desired.Settings{
		WindowMS: pointer(5000), Use: pointer(true), Country: pointer("DE"), Own: []wlan.MHz{5180, 2412, 2412}, Exclude: []wlan.MHz{5955}, Revisit: pointer(30_000),
	}
	w.putSite(site)
	first := w.document()
	tap := desired.Settings{Country: pointer(""), Own: []wlan.MHz{}, Only: []wlan.MHz{2437}, Share: &desired.Share{Index: 1, Of: 2}}
	w.putTap(tap)
	second := w.document()
	want := desired.Document{
		Cluster: second.Cluster, Tap: w.id, Revision: second.Revision, IssuedAt: second.IssuedAt, WindowMS: 5000,
		Radio: desired.Radio{
			Use: pointer(true), Own: []wlan.MHz{}, Only: []wlan.MHz{2437}, Exclude: []wlan.MHz{5955}, Share: desired.Share{Index: 1, Of: 2}, RevisitMS: 30_000,
		},
	}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("document differs (-want +got):\n%s", diff)
	}
	if first.Revision <= 1 || second.Revision <= first.Revision || second.IssuedAt.Before(first.IssuedAt) {
		t.Errorf("revisions 1, %d, %d", first.Revision, second.Revision)
	}
	got := w.read()
	site.Normalise()
	if diff := cmp.Diff(site, got.Site.Settings); diff != "" {
		t.Errorf("the site's layer differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(tap, got.Tap.Settings); diff != "" {
		t.Errorf("the tap's layer differs (-want +got):\n%s", diff)
	}
	if got.Site.ChangedBy != "boss" || got.Tap.ChangedBy != "admin" || time.Since(got.Tap.ChangedAt) > time.Minute {
		t.Errorf("changed by %q and %q", got.Site.ChangedBy, got.Tap.ChangedBy)
	}
	of, err := w.store.Desired().Site(t.Context(), w.tenant, "main")
	if err != nil || of.Taps != 1 || of.Name != "Main site" || of.ChangedBy != "boss" {
		t.Errorf("site %+v, %v", of, err)
	}
	if diff := cmp.Diff(site, of.Settings); diff != "" {
		t.Errorf("the site differs (-want +got):\n%s", diff)
	}
}

func TestRevisionsNeverGoBack(t *testing.T) {
	db, w := newWanted(t)
	w.putTap(desired.Settings{Country: pointer("DE")})
	before := w.document()
	w.putTap(desired.Settings{})
	after := w.document()
	if after.Revision <= before.Revision || after.Radio.Country != "" {
		t.Errorf("revision %d, then %d of nothing", before.Revision, after.Revision)
	}
	// An old copy of the database is restored: the next change is newer than all
	// that the tap has seen.
	owner := db.Conn(t, store.RoleOwner)
	if _, err := owner.Exec(t.Context(), "UPDATE tap SET desired_revision = 1, desired_at = now() - interval '1 day'"); err != nil {
		t.Fatal(err)
	}
	w.putSite(desired.Settings{})
	if restored := w.document(); restored.Revision <= after.Revision {
		t.Errorf("revision %d after a restore, %d before", restored.Revision, after.Revision)
	}
	// The database's clock was ahead when a revision was made.
	if _, err := owner.Exec(t.Context(), "UPDATE tap SET desired_revision = 9000000000000000, desired_at = now() + interval '1 hour'"); err != nil {
		t.Fatal(err)
	}
	lock, err := w.store.Desired().Lock(t.Context(), w.tenant, w.id, desired.Lock{Frequency: 2412}, time.Minute, "admin")
	if err != nil {
		t.Fatal(err)
	}
	if d := w.document(); d.Revision != 9000000000000001 || len(d.Radio.Locks) != 1 || !d.Radio.Locks[0].Until.Equal(lock.Until) {
		t.Errorf("document %+v, lock until %v", d, lock.Until)
	}
}

func TestWrongSettingsChangeNothing(t *testing.T) {
	db, w := newWanted(t)
	db.Tap(t, w.store, "beta")
	w.putSite(desired.Settings{Exclude: []wlan.MHz{2437}})
	w.putTap(desired.Settings{Only: []wlan.MHz{2412}})
	before := w.document()
	d := w.store.Desired()
	ctx := t.Context()
	tests := []struct {
		name, field, says string
		err               error
	}{
		{"tap: wrong by itself", desired.FieldCountry, "", d.PutTap(ctx, w.tenant, w.id, desired.Settings{Country: pointer("de")}, "admin")},
		{"tap: wrong with its site", desired.FieldOnly, "for the site", d.PutTap(ctx, w.tenant, w.id, desired.Settings{Only: []wlan.MHz{2437}}, "admin")},
		{"site: wrong by itself", desired.FieldWindow, "", d.PutSite(ctx, w.tenant, "main", desired.Settings{WindowMS: pointer(7000)}, "admin")},
		{"site: wrong with a tap", desired.FieldOnly, `tap "alpha"`, d.PutSite(ctx, w.tenant, "main", desired.Settings{Exclude: []wlan.MHz{2412}}, "admin")},
		{"site: a share", desired.FieldShare, "of its own", d.PutSite(ctx, w.tenant, "main", desired.Settings{Share: &desired.Share{Of: 2}}, "admin")},
		{"lock: no channel", desired.FieldLocks, "5190", lockErr(d.Lock(ctx, w.tenant, w.id, desired.Lock{Frequency: 5190}, time.Hour, "admin"))},
		{"lock: too short", desired.FieldLocks, "1m", lockErr(d.Lock(ctx, w.tenant, w.id, desired.Lock{Frequency: 2412}, time.Second, "admin"))},
		{"lock: too long", desired.FieldLocks, "24h", lockErr(d.Lock(ctx, w.tenant, w.id, desired.Lock{Frequency: 2412}, 25*time.Hour, "admin"))},
	}
	for _, tt := range tests {
		var wrong *desired.Error
		if !errors.As(tt.err, &wrong) || wrong.Field != tt.field || !strings.Contains(wrong.Problem, tt.says) {
			t.Errorf("%s: %v", tt.name, tt.err)
		}
	}
	nowhere := uuid.NewString()
	for name, err := range map[string]error{
		"no such tap":         d.PutTap(ctx, w.tenant, nowhere, desired.Settings{}, "admin"),
		"no such site":        d.PutSite(ctx, w.tenant, "nowhere", desired.Settings{}, "admin"),
		"no tap to lock":      lockErr(d.Lock(ctx, w.tenant, nowhere, desired.Lock{Frequency: 2412}, time.Hour, "admin")),
		"no lock to remove":   d.Unlock(ctx, w.tenant, w.id, nowhere),
		"no tap to be read":   readErr(d.Tap(ctx, w.tenant, nowhere)),
		"no site to be read":  readErr(d.Site(ctx, w.tenant, "nowhere")),
		"another tenant's":    d.PutTap(ctx, db.AddTenant(t, "other").String(), w.id, desired.Settings{}, "admin"),
		"no tenant, to unset": d.Unlock(ctx, nowhere, w.id, nowhere),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	if diff := cmp.Diff(before, w.document()); diff != "" {
		t.Errorf("something changed (-before +after):\n%s", diff)
	}
}

func lockErr(_ store.ChannelLock, err error) error { return err }

func readErr[T any](_ T, err error) error { return err }

func TestLocksAreBoundedReplacedAndEnd(t *testing.T) {
	db, w := newWanted(t)
	d := w.store.Desired()
	lock := func(l desired.Lock, length time.Duration) (store.ChannelLock, error) {
		return d.Lock(t.Context(), w.tenant, w.id, l, length, "admin")
	}
	target := desired.Lock{Frequency: 5180, BSSID: "00:00:5e:00:53:01", Adapter: "phy0"}
	first, err := lock(target, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	second, err := lock(target, desired.MaxLock)
	if err != nil {
		t.Fatal(err)
	}
	got := w.document().Radio.Locks
	want := target
	want.Until = second.Until
	if diff := cmp.Diff([]desired.Lock{want}, got); diff != "" {
		t.Errorf("the same lock again (-want +got):\n%s", diff)
	}
	if first.ID == second.ID || second.Until.Sub(second.CreatedAt) != desired.MaxLock || second.CreatedBy != "admin" {
		t.Errorf("locks %+v and %+v", first, second)
	}
	for i := range desired.MaxLocks - 1 {
		if _, err := lock(desired.Lock{Frequency: 2412, Adapter: fmt.Sprintf("phy%d", i)}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	var wrong *desired.Error
	if _, err := lock(desired.Lock{Frequency: 2437}, time.Hour); !errors.As(err, &wrong) || len(w.document().Radio.Locks) != desired.MaxLocks {
		t.Errorf("one lock too many: %v", err)
	}
	if err := d.Unlock(t.Context(), w.tenant, w.id, second.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.read().Locks; len(got) != desired.MaxLocks-1 || got[0].Frequency != 2412 || got[0].CreatedAt.IsZero() {
		t.Errorf("after one was removed: %+v", got)
	}
	// The others end: the document keeps what it said when it was made, and the
	// next says nothing of them.
	owner := db.Conn(t, store.RoleOwner)
	before := w.document()
	const endSQL = "UPDATE channel_lock SET created_at = created_at - interval '2 hours', until = until - interval '2 hours'"
	if _, err := owner.Exec(t.Context(), endSQL); err != nil {
		t.Fatal(err)
	}
	w.putTap(desired.Settings{})
	if after := w.document(); len(before.Radio.Locks) != desired.MaxLocks-1 || len(after.Radio.Locks) != 0 {
		t.Errorf("%d locks, then %d", len(before.Radio.Locks), len(after.Radio.Locks))
	}
	if _, err := lock(desired.Lock{Frequency: 2437}, time.Hour); err != nil {
		t.Error(err)
	}
	if n := scan[int](t, owner, "SELECT count(*) FROM channel_lock"); n != 1 {
		t.Errorf("%d locks are kept, want those that ended removed", n)
	}
}

func TestReportsTellWhichRevisionThereIsAndWhichIsFollowed(t *testing.T) {
	db, w := newWanted(t)
	add := func(sequence, followed uint64) store.Outcome {
		t.Helper()
		in := incoming(t, w.tap, spec(sequence))
		in.Report.Header.DesiredRevision = followed
		out, err := w.store.AddReports(t.Context(), []store.Incoming{in})
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	if o := add(1, 0); o.DesiredRevision != 1 || w.read().Followed != nil {
		t.Errorf("outcome %+v, follows %v", o, w.read().Followed)
	}
	w.putTap(desired.Settings{Country: pointer("DE")})
	revision := w.document().Revision
	if o := add(2, 1); o.Status != store.Stored || o.DesiredRevision != revision || *w.read().Followed != 1 {
		t.Errorf("outcome %+v, follows %v", o, w.read().Followed)
	}
	if o := add(2, 1); o.Status != store.Duplicate || o.DesiredRevision != revision {
		t.Errorf("a duplicate: %+v", o)
	}
	if add(3, 1<<63+5); *w.read().Followed <= 0 {
		t.Errorf("follows %d", *w.read().Followed)
	}
	if o := add(4, revision); o.DesiredRevision != revision || *w.read().Followed != int64(revision) {
		t.Errorf("outcome %+v", o)
	}
	if err := w.store.RevokeTap(t.Context(), w.tap.TenantID, w.tap.TapID); err != nil {
		t.Fatal(err)
	}
	if o := add(5, revision); o.Status != store.Revoked || o.DesiredRevision != 0 {
		t.Errorf("a revoked tap: %+v", o)
	}
	if _, revoked, err := w.store.DesiredDocument(t.Context(), w.tap.TenantID, w.tap.TapID); !revoked || err != nil {
		t.Errorf("revoked %v, %v", revoked, err)
	}
	if _, _, err := w.store.DesiredDocument(t.Context(), db.AddTenant(t, "other"), w.tap.TapID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another tenant's tap: %v", err)
	}
}

func TestChangesAtOnceWaitForEachOtherAndForReports(t *testing.T) {
	db, w := newWanted(t)
	beta := db.Tap(t, w.store, "beta")
	const rounds = 15
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	d := w.store.Desired()
	var all sync.WaitGroup
	run := func(f func(i int) error) {
		all.Go(func() {
			for i := range rounds {
				if err := f(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	run(func(i int) error {
		return d.PutSite(ctx, w.tenant, "main", desired.Settings{Revisit: pointer(1000 + i)}, "boss")
	})
	run(func(i int) error {
		return d.PutTap(ctx, w.tenant, w.id, desired.Settings{Share: &desired.Share{Index: i, Of: 20}}, "admin")
	})
	run(func(int) error {
		l, err := d.Lock(ctx, w.tenant, beta.TapID.String(), desired.Lock{Frequency: 2412}, time.Hour, "admin")
		if err != nil {
			return err
		}
		return d.Unlock(ctx, w.tenant, beta.TapID.String(), l.ID)
	})
	run(func(i int) error {
		_, err := w.store.AddReports(ctx, []store.Incoming{incoming(t, beta, spec(uint64(i+1))), incoming(t, w.tap, spec(uint64(i+1)))})
		return err
	})
	all.Wait()
	got := w.document()
	if got.Radio.RevisitMS != 1000+rounds-1 || got.Radio.Share.Index != rounds-1 {
		t.Errorf("last changes are lost: %+v", got.Radio)
	}
	if len(w.read().Locks) != 0 {
		t.Error("a lock is left")
	}
}

func TestTapThatEnrolsWhileItsSiteChangesSeesTheChange(t *testing.T) {
	db, w := newWanted(t)
	owner := db.Conn(t, store.RoleOwner)
	tx, err := owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	// A tap is being enrolled: its row is there and not committed.
	late := uuid.Must(uuid.NewV7())
	const enrolSQL = "INSERT INTO tap (tenant_id, id, site_id, name) SELECT tenant_id, $1, id, 'late' FROM site WHERE slug = 'main'"
	if _, err := tx.Exec(t.Context(), enrolSQL, late); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- w.store.Desired().PutSite(t.Context(), w.tenant, "main", desired.Settings{Country: pointer("DE")}, "boss")
	}()
	watch := db.Conn(t, store.RoleOwner)
	for scan[int](t, watch, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 {
		select {
		case err := <-done:
			t.Fatalf("the change did not wait for the tap: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	d, _, err := w.store.DesiredDocument(t.Context(), w.tap.TenantID, late)
	if err != nil || d.Revision == 1 || d.Radio.Country != "DE" {
		t.Errorf("document %+v, %v", d, err)
	}
}
