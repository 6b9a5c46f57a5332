package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// AuditEntry is an entry of the audit log.
type AuditEntry struct {
	ID         string
	At         time.Time
	ActorKind  string
	ActorID    *string
	ActorName  string
	Address    string
	Verb       string
	ObjectKind string
	ObjectID   string
	ObjectName string
	Before     json.RawMessage // null: there was nothing
	After      json.RawMessage // null: there is nothing
}

// AuditFilter chooses entries; empty fields do not. Limit is of entries.
type AuditFilter struct {
	From, To            time.Time
	Actor, Verb, Object string // Actor: part of the name; Object: kind, id or part of the name
	BeforeAt            time.Time
	BeforeID            string // the last entry of the page before; empty: the first page
	Limit               int
}

const auditLogSQL = `
SELECT id::text AS id,
       at,
       actor_kind,
       actor_id::text AS actor_id,
       actor_name,
       address,
       verb,
       object_kind,
       object_id,
       object_name,
       before,
       after
FROM audit_log
WHERE scope_id = @scope::uuid
  AND at >= @from
  AND at < @to
  AND (@id = '' OR (at, id) < (@at, nullif(@id, '')::uuid))
  AND (@actor = '' OR strpos(lower(actor_name), lower(@actor)) > 0)
  AND (@verb = '' OR verb = @verb)
  AND (@object = '' OR object_kind = @object OR object_id = @object OR strpos(lower(object_name), lower(@object)) > 0)
ORDER BY at DESC, id DESC
LIMIT @limit`

// AuditLog returns entries of a scope, newest first.
func (d *Directory) AuditLog(ctx context.Context, scope Scope, f AuditFilter) (list []AuditEntry, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, scope, "read audit log", func(tx pgx.Tx) error {
		list, err = collect[AuditEntry](ctx, tx, auditLogSQL, pgx.StrictNamedArgs{
			"scope": scope.uuid(), "from": f.From, "to": f.To, "id": f.BeforeID, "at": f.BeforeAt, "actor": f.Actor, "verb": f.Verb,
			"object": f.Object, "limit": f.Limit,
		})
		return err
	})
	return list, err
}
