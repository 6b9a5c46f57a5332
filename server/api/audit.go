package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/store"
)

// AuditEntry is a change: who did what to what, and what is different since.
type AuditEntry struct {
	ID         string          `json:"id" format:"uuid"`
	At         Time            `json:"at"`
	ActorKind  string          `json:"actorKind" enum:"user,token,tap,node,nodectl"`
	ActorName  string          `json:"actorName"`
	Address    string          `json:"address" doc:"From where; empty: not over the network"`
	Verb       string          `json:"verb"`
	ObjectKind string          `json:"objectKind"`
	ObjectID   string          `json:"objectID"`
	ObjectName string          `json:"objectName"`
	Before     json.RawMessage `json:"before" doc:"What could be changed, as it was; null: there was nothing"`
	After      json.RawMessage `json:"after" doc:"The same, as it is since; null: there is nothing"`
}

// AuditPage is a page of the audit log.
type AuditPage struct {
	Items []AuditEntry `json:"items" doc:"Newest first"`
	Next  string       `json:"next" doc:"The page parameter of what is older; empty: there is nothing"`
}

// AuditInput is the request for a page of the audit log.
type AuditInput struct {
	From   string `query:"from" maxLength:"40" default:"-30d" example:"-30d"`
	To     string `query:"to" maxLength:"40" default:"now" example:"now"`
	Actor  string `query:"actor" maxLength:"100" doc:"Part of the name of who did it"`
	Verb   string `query:"verb" maxLength:"32" doc:"Such as create, change, delete, sign-in"`
	Object string `query:"object" maxLength:"200" doc:"Kind, id, or part of the name of what was changed"`
	Page   string `query:"page" maxLength:"200" doc:"From next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`

	filter store.AuditFilter
}

// Resolve implements huma.Resolver: it reads times and page.
func (in *AuditInput) Resolve(huma.Context) []error {
	now := time.Now()
	f := store.AuditFilter{Actor: in.Actor, Verb: in.Verb, Object: in.Object, Limit: in.Limit + 1}
	var errs []error
	var err error
	if f.From, err = parseTime(in.From, now); err != nil {
		errs = append(errs, &huma.ErrorDetail{Location: "query.from", Message: err.Error(), Value: in.From})
	}
	if f.To, err = parseTime(in.To, now); err != nil {
		errs = append(errs, &huma.ErrorDetail{Location: "query.to", Message: err.Error(), Value: in.To})
	}
	if in.Page != "" {
		var ok bool
		if f.BeforeAt, f.BeforeID, ok = parsePage(in.Page); !ok {
			errs = append(errs, &huma.ErrorDetail{Location: "query.page", Message: "is no page of this list", Value: in.Page})
		}
	}
	in.filter = f
	return errs
}

// pageOf names what comes after an entry, and parsePage reads that.
func pageOf(e store.AuditEntry) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(e.At.UnixMicro(), 36) + "." + e.ID))
}

func parsePage(page string) (time.Time, string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(page)
	if err != nil {
		return time.Time{}, "", false
	}
	at, id, _ := strings.Cut(string(b), ".")
	us, err := strconv.ParseInt(at, 36, 64)
	if err != nil || uuid.Validate(id) != nil || us < 0 || us > 253402300799_000000 {
		return time.Time{}, "", false
	}
	return time.UnixMicro(us), id, true
}

func (a *API) registerAudit(h huma.API) {
	add(a, h, auth.ReadAudit, http.MethodGet, "/audit", tagAudit, "listAudit", "What was changed in the installation", a.listAudit)
	add(a, h, auth.ReadAudit, http.MethodGet, "/organisations/{organisation}/audit", tagAudit, "listOrganisationAudit", "What was changed in an organisation", a.listAudit)
	add(a, h, auth.ReadAudit, http.MethodGet, "/tenants/{tenant}/audit", tagAudit, "listTenantAudit", "What was changed in a tenant", a.listAudit)
}

func (a *API) listAudit(ctx context.Context, in *AuditInput) (*output[AuditPage], error) {
	rows, err := a.Directory.AuditLog(ctx, scopeOf(ctx).Scope, in.filter)
	if err != nil {
		return nil, err
	}
	page := AuditPage{Items: []AuditEntry{}}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		page.Next = pageOf(rows[in.Limit-1])
	}
	for _, e := range rows {
		page.Items = append(page.Items, AuditEntry{
			ID: e.ID, At: Time{e.At}, ActorKind: e.ActorKind, ActorName: e.ActorName, Address: e.Address, Verb: e.Verb,
			ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, ObjectName: e.ObjectName, Before: orJSONNull(e.Before), After: orJSONNull(e.After),
		})
	}
	return reply(page), nil
}

func orJSONNull(b json.RawMessage) json.RawMessage {
	if len(b) == 0 {
		return json.RawMessage("null")
	}
	return b
}
