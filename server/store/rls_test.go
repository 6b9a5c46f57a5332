package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

// scopeTablesSQL lists the tables of which each row belongs to a tenant or another
// scope, partitions aside, with the name of that column.
const scopeTablesSQL = `
SELECT c.relname || '.' || a.attname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'scope_id') AND NOT a.attisdropped
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

// noAPI are tables of tenants that picket_api has no business with, and why.
var noAPI = map[string]string{
	"request_nonce": "only signed requests of taps have nonces",
}

func TestEveryTenantTableHasForcedRowLevelSecurityAndTheTenantFirst(t *testing.T) {
	db := testdb.New(t)
	conn := db.Conn(t, store.RoleOwner)
	tables := list(t, conn, scopeTablesSQL)
	if len(tables) < 40 {
		t.Fatalf("only %d tables with a tenant", len(tables))
	}
	for _, name := range tables {
		table, _, _ := strings.Cut(name, ".")
		if !scan[bool](t, conn, "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = $1::text::regclass", table) {
			t.Errorf("%s: row-level security is not enabled and forced: ALTER TABLE … FORCE ROW LEVEL SECURITY, and a policy TO picket_owner", table)
		}
		if noAPI[table] == "" && scan[int](t, conn, "SELECT count(*) FROM pg_policies WHERE tablename = $1 AND roles = '{picket_api}'", table) == 0 {
			t.Errorf("%s has no policy for picket_api", table)
		}
	}
	const ownsSQL = `
SELECT c.relname
FROM pg_class AS c
WHERE c.relnamespace = 'picket'::regnamespace
  AND pg_get_userbyid(c.relowner) <> 'picket_owner'`
	if got := list(t, conn, ownsSQL); len(got) > 0 {
		t.Errorf("owned by others than picket_owner: %v", got)
	}
	const rightsSQL = `
SELECT rolname
FROM pg_roles
WHERE rolname IN ('picket_api', 'picket_ingest', 'picket_owner')
  AND (rolbypassrls OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)`
	if got := list(t, conn, rightsSQL); len(got) > 0 {
		t.Errorf("roles with rights beyond grants: %v", got)
	}
	if scan[bool](t, conn, "SELECT pg_has_role('picket_api', 'picket_owner', 'MEMBER') OR pg_has_role('picket_api', 'picket_ingest', 'MEMBER')") {
		t.Error("picket_api is a member of another role")
	}
	// What is found before the tenant is known is the exception.
	const keysSQL = `
SELECT c.relname || ' ' || i.indexrelid::regclass
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'scope_id')
WHERE c.relnamespace = 'picket'::regnamespace
  AND i.indisunique
  AND NOT c.relispartition
  AND i.indkey[0] <> a.attnum
ORDER BY 1`
	exceptions := []string{
		"enrolment_token enrolment_token_pkey", "invitation invitation_token_hash_key", "oidc_provider oidc_provider_id_key",
		"oidc_provider oidc_provider_slug_key", "pending_box pending_box_pkey", "tap_key tap_key_pkey",
	}
	if got := list(t, conn, keysSQL); !slices.Equal(got, exceptions) {
		t.Errorf("unique keys that the tenant does not lead: %q", got)
	}
	if got := list(t, conn, "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND NOT relrowsecurity"); len(got) > 0 {
		t.Errorf("partitions without row-level security: %v", got)
	}
	const partitionGrantsSQL = `
SELECT c.relname || ' ' || g.grantee
FROM pg_class AS c
JOIN information_schema.role_table_grants AS g ON g.table_schema = 'picket' AND g.table_name = c.relname AND g.grantee <> 'picket_owner'
WHERE c.relispartition`
	if got := list(t, conn, partitionGrantsSQL); len(got) > 0 {
		t.Errorf("grants on partitions: %v", got)
	}
}

// TestTheAPISeesOneTenantAndOthersNeverHappen fills every table that has a tenant,
// as the catalog lists them, with rows of two, and tries as picket_api to read,
// change, remove and write those of the other.
func TestTheAPISeesOneTenantAndOthersNeverHappen(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	a, b := uuid.New(), uuid.New()
	admin := db.Conn(t, embedded.Superuser)
	if _, err := admin.Exec(t.Context(), "SET search_path = picket"); err != nil {
		t.Fatal(err)
	}
	tables := list(t, admin, scopeTablesSQL)
	loosen(t, admin)
	for _, name := range tables {
		for _, tenant := range []uuid.UUID{a, b} {
			fill(t, admin, name, tenant)
		}
	}
	api := db.Conn(t, store.RoleAPI)
	for _, setting := range []string{"SELECT", "SET picket.tenant_id = ''"} { // unset, and empty
		if _, err := api.Exec(t.Context(), setting); err != nil {
			t.Fatal(err)
		}
		for _, name := range tables {
			table, _, _ := strings.Cut(name, ".")
			switch {
			case noAPI[table] != "":
				if _, err := api.Exec(t.Context(), "SELECT FROM "+table); err == nil {
					t.Errorf("picket_api reads %s", table)
				}
			case table == "oidc_provider": // their names stand on the page for signing in
			default:
				if got := scan[int](t, api, "SELECT count(*) FROM "+table); got != 0 {
					t.Errorf("%s: %d rows without a tenant (%s)", table, got, setting)
				}
			}
		}
	}
	for _, name := range tables {
		table, column, _ := strings.Cut(name, ".")
		if noAPI[table] != "" {
			continue
		}
		trespass(t, s, table, column, a, b)
		if got := scan[int](t, admin, "SELECT count(*) FROM "+table+" WHERE "+column+" = $1", b); got != 1 {
			t.Errorf("%s: %d rows of the other tenant afterwards, want 1", table, got)
		}
	}
}

// trespass tries, as tenant a, what it may not with the rows of b.
func trespass(t *testing.T, s *store.Store, table, column string, a, b uuid.UUID) {
	t.Helper()
	try := func(sql string) (int64, error) {
		var rows int64
		err := s.InTenant(t.Context(), a, func(tx pgx.Tx) error {
			tag, err := tx.Exec(t.Context(), sql, b)
			rows = tag.RowsAffected()
			return err
		})
		return rows, err
	}
	if table != "oidc_provider" {
		if n, err := try("SELECT " + column + " FROM " + table + " WHERE " + column + " = $1"); err != nil || n != 0 {
			t.Errorf("%s: reads %d rows of another tenant, %v", table, n, err)
		}
		if n, err := try("SELECT FROM " + table + " WHERE $1::uuid IS NOT NULL"); err != nil || n != 1 {
			t.Errorf("%s: reads %d rows of its own, %v: want 1", table, n, err)
		}
	}
	for _, sql := range []string{
		"UPDATE " + table + " SET " + column + " = " + column + " WHERE " + column + " = $1",
		"DELETE FROM " + table + " WHERE " + column + " = $1",
		"INSERT INTO " + table + " (" + column + ") VALUES ($1)",
	} {
		if n, err := try(sql); err == nil && n != 0 {
			t.Errorf("%s: %d rows: %s", table, n, sql)
		} else if err != nil && !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "row-level security") {
			t.Errorf("%s: refused for another reason: %v", sql, err)
		}
	}
}

// loosen removes what keeps made-up rows out: foreign keys, checks and bounds of
// partitions. Policies and grants stay.
func loosen(t *testing.T, admin *pgx.Conn) {
	t.Helper()
	const partitionedSQL = `
SELECT format('CREATE TABLE %I PARTITION OF %I DEFAULT', relname || '_rest', relname)
FROM pg_class
WHERE relnamespace = 'picket'::regnamespace
  AND relkind = 'p'`
	for _, statement := range list(t, admin, partitionedSQL) {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for _, kind := range []string{"f", "c"} { // foreign keys first
		const sql = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
FROM pg_constraint
WHERE connamespace = 'picket'::regnamespace
  AND contype = $1
  AND conparentid = 0
  AND conislocal
ORDER BY 1`
		for _, statement := range list(t, admin, sql, kind) {
			if _, err := admin.Exec(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
}

// fill adds a row of a scope, with something in each column that needs it.
func fill(t *testing.T, admin *pgx.Conn, name string, scope uuid.UUID) {
	t.Helper()
	table, column, _ := strings.Cut(name, ".")
	const columnsSQL = `
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute AS a
WHERE a.attrelid = $1::text::regclass
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND a.attnotnull
  AND NOT a.atthasdef
  AND a.attname NOT IN ('tenant_id', 'scope_id')`
	rows, err := admin.Query(t.Context(), columnsSQL, table)
	if err != nil {
		t.Fatal(err)
	}
	names, values := []string{column}, []string{"$1"}
	var column1, kind string
	if _, err = pgx.ForEachRow(rows, []any{&column1, &kind}, func() error {
		value, ok := samples[kind]
		if strings.HasSuffix(kind, "[]") {
			value, ok = "'{}'", true
		}
		if !ok {
			t.Fatalf("%s.%s: no sample of %s", table, column1, kind)
		}
		names, values = append(names, column1), append(values, value)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sql := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
	if _, err := admin.Exec(t.Context(), sql, scope); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

var samples = map[string]string{
	"uuid": "gen_random_uuid()", "text": "gen_random_uuid()::text", "bytea": "uuid_send(gen_random_uuid())", "boolean": "true", "smallint": "1",
	"integer": "1", "bigint": "1", "real": "1", "double precision": "1", "timestamp with time zone": "now()", "date": "current_date",
	"interval": "'1 s'", "macaddr": "'00:00:5e:00:53:01'", "inet": "'192.0.2.1'", "jsonb": "'{}'", "numeric": "1",
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
			"SELECT * FROM cluster", "DELETE FROM report", "INSERT INTO air_raw (tenant_id) VALUES (gen_random_uuid())",
			"ALTER TABLE report DISABLE ROW LEVEL SECURITY", "SET ROLE picket_owner", "SET ROLE picket_ingest", "SET row_security = off; SELECT FROM report",
			"SELECT * FROM " + partition, "CREATE TABLE picket.mine (i int)", "CREATE TEMPORARY TABLE stage_report (i int)",
			"UPDATE audit_log SET verb = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log",
		},
		store.RoleIngest: {
			"SELECT * FROM cluster", "SELECT * FROM user_account", "SELECT * FROM session", "DELETE FROM report", "UPDATE report SET frames = 0",
			"UPDATE tap SET revoked_at = NULL", "INSERT INTO enrolment_token (secret_hash) VALUES ('x')", "TRUNCATE bss", "SET ROLE picket_owner",
			"SELECT * FROM audit_log", "UPDATE audit_log SET verb = 'x'", "SELECT * FROM membership", "SELECT * FROM api_token", "SELECT * FROM second_factor",
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
