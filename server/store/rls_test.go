package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/desired"
)

// tenantTablesSQL lists the tables that have a tenant, partitions aside.
const tenantTablesSQL = `
SELECT c.relname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = 'picket'::regnamespace
  AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
ORDER BY c.relname`

func list(t testing.TB, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEveryTenantTableHasRowLevelSecurityAndTheTenantFirst(t *testing.T) {
	db := testdb.New(t)
	conn := db.Conn(t, store.RoleOwner)
	tables := list(t, conn, tenantTablesSQL)
	if len(tables) < 35 {
		t.Fatalf("only %d tables with a tenant", len(tables))
	}
	for _, table := range tables {
		if !scan[bool](t, conn, "SELECT relrowsecurity FROM pg_class WHERE oid = $1::text::regclass", table) {
			t.Errorf("%s has no row-level security", table)
		}
		if scan[int](t, conn, "SELECT count(*) FROM pg_policies WHERE tablename = $1 AND roles = '{picket_api}'", table) != 1 {
			t.Errorf("%s has no policy for picket_api", table)
		}
	}
	// What is found before the tenant is known is the exception.
	const keysSQL = `
SELECT c.relname || ' ' || i.indexrelid::regclass
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = 'picket'::regnamespace
  AND i.indisunique
  AND NOT c.relispartition
  AND i.indkey[0] <> a.attnum
ORDER BY 1`
	if got := list(t, conn, keysSQL); !slices.Equal(got, []string{"enrolment_token enrolment_token_pkey", "pending_box pending_box_pkey", "tap_key tap_key_pkey"}) {
		t.Errorf("unique keys that the tenant does not lead: %v", got)
	}
	if got := list(t, conn, "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND NOT relrowsecurity"); len(got) > 0 {
		t.Errorf("partitions without row-level security: %v", got)
	}
}

func TestTheAPISeesOneTenantAndOthersNeverHappen(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	a := db.Tap(t, s, "a")
	other := db.AddTenant(t, "other")
	b := db.TapAt(t, s, other, "main", "b")
	if _, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, a, spec(1)), incoming(t, b, spec(1))}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RollUpAt(t.Context(), start().Add(2*store.Bucket)); err != nil {
		t.Fatal(err)
	}
	for _, tap := range []store.TapIdentity{a, b} {
		tenant, id := tap.TenantID.String(), tap.TapID.String()
		if err := s.Desired().PutTap(t.Context(), tenant, id, desired.Settings{}, "admin"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Desired().Lock(t.Context(), tenant, id, desired.Lock{Frequency: 2412}, time.Hour, "admin"); err != nil {
			t.Fatal(err)
		}
	}
	owner := db.Conn(t, store.RoleOwner)
	api := db.Conn(t, store.RoleAPI)
	empty := []string{"tap_gap"}
	for _, table := range list(t, owner, tenantTablesSQL) {
		if table == "tap_key" {
			if _, err := api.Exec(t.Context(), "SELECT FROM tap_key"); err == nil {
				t.Error("picket_api reads the taps' keys")
			}
			continue
		}
		if got := scan[int](t, api, "SELECT count(*) FROM "+table); got != 0 {
			t.Errorf("%s: %d rows without a tenant", table, got)
		}
		for _, tenant := range []uuid.UUID{a.TenantID, other} {
			err := s.InTenant(t.Context(), tenant, func(tx pgx.Tx) error {
				var own, foreign int
				const sql = "SELECT count(*) FILTER (WHERE tenant_id = $1), count(*) FILTER (WHERE tenant_id <> $1) FROM "
				if err := tx.QueryRow(t.Context(), sql+table, tenant).Scan(&own, &foreign); err != nil {
					return err
				}
				if foreign != 0 || own == 0 && !slices.Contains(empty, table) {
					t.Errorf("%s: %d rows of the tenant, %d of others", table, own, foreign)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", table, err)
			}
		}
	}
	err := s.InTenant(t.Context(), a.TenantID, func(tx pgx.Tx) error {
		tag, err := tx.Exec(t.Context(), "UPDATE tap SET name = 'taken' WHERE id = $1", b.TapID)
		if err != nil || tag.RowsAffected() != 0 {
			t.Errorf("another tenant's tap: %s, %v", tag, err)
		}
		_, err = tx.Exec(t.Context(), "INSERT INTO site (tenant_id, id, slug, name) VALUES ($1, $2, 'x', 'x')", other, uuid.New())
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a row written for another tenant: %v", err)
	}
	if err := s.RevokeTap(t.Context(), a.TenantID, b.TapID); err == nil {
		t.Error("another tenant's tap was revoked")
	}
}

func TestRolesMayDoNoMoreThanTheyNeed(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "a")
	if _, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(1))}); err != nil {
		t.Fatal(err)
	}
	partition := "report_" + start().Format("20060102")
	for role, statements := range map[string][]string{
		store.RoleAPI: {
			"SELECT * FROM cluster", "DELETE FROM report", "INSERT INTO bss_window (tenant_id) VALUES (gen_random_uuid())",
			"ALTER TABLE report DISABLE ROW LEVEL SECURITY", "SET ROLE picket_owner", "SET ROLE picket_ingest", "SET row_security = off; SELECT FROM report",
			"SELECT * FROM " + partition, "CREATE TABLE picket.mine (i int)", "CREATE TEMPORARY TABLE stage_report (i int)", "UPDATE tenant SET name = 'x'",
		},
		store.RoleIngest: {
			"SELECT * FROM cluster", "SELECT * FROM user_account", "SELECT * FROM session", "DELETE FROM report", "UPDATE report SET frames = 0",
			"UPDATE tap SET revoked_at = NULL", "INSERT INTO enrolment_token (secret_hash) VALUES ('x')", "TRUNCATE bss", "SET ROLE picket_owner",
			"SELECT * FROM " + partition,
		},
	} {
		conn := db.Conn(t, role)
		for _, sql := range statements {
			if _, err := conn.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s may: %s", role, sql)
			}
			_, _ = conn.Exec(t.Context(), "RESET row_security")
		}
	}
}
