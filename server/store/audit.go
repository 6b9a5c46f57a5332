package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

// Entry is a change as the audit log keeps it. Who made it is in the context
// (auth.WithActor).
type Entry struct {
	// Scope is the tenant or the organisation in which something changed; the zero
	// UUID is the installation. As picket_api it must be the transaction's tenant.
	Scope uuid.UUID

	Verb   string // create, change, delete, revoke, …: at most 32 characters
	Object string // what kind of thing: tap, site, user, …: at most 32 characters
	ID     string // of the object, at most 200 characters
	Name   string // of the object as people know it; cut at 200 characters

	// Before and After are what json.Marshal makes of them: the fields that a person
	// may have changed, without secrets and hashes. nil: there was, or is, nothing.
	Before, After any
}

const auditSQL = `
INSERT INTO audit_log (scope_id, id, at, actor_kind, actor_id, actor_name, address, verb, object_kind, object_id, object_name, before, after)
VALUES (@scope, @id, clock_timestamp(), @actor_kind, nullif(@actor_id, '')::uuid, @actor_name, @address, @verb, @object, @object_id,
  @object_name, @before::jsonb, @after::jsonb)`

// audit writes a change to the audit log, in the transaction that makes it.
func audit(ctx context.Context, tx pgx.Tx, e Entry) error {
	before, err := auditJSON(e.Before)
	if err != nil {
		return fmt.Errorf("store: audit %s %s: %w", e.Verb, e.Object, err)
	}
	after, err := auditJSON(e.After)
	if err != nil {
		return fmt.Errorf("store: audit %s %s: %w", e.Verb, e.Object, err)
	}
	who := auth.ActorOf(ctx)
	_, err = tx.Exec(ctx, auditSQL, pgx.StrictNamedArgs{
		"scope": e.Scope, "id": newID(), "actor_kind": who.Kind, "actor_id": who.ID, "actor_name": cut(who.Name, 100), "address": cut(who.Address, 64),
		"verb": e.Verb, "object": e.Object, "object_id": cut(e.ID, 200), "object_name": cut(plain(e.Name), 200), "before": before, "after": after,
	})
	if err != nil {
		return fmt.Errorf("store: audit %s %s: %w", e.Verb, e.Object, err)
	}
	return nil
}

// auditJSON returns v as a column's text; nil is NULL.
func auditJSON(v any) (*string, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // NULL is a value here
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(string(b), `\u0000`, `\ufffd`) // which jsonb has not
	return &text, nil
}

// cut returns at most n characters of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
