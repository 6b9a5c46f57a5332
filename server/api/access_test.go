package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/testdb"
	"picket/shared/desired"
)

// operation is one of the document.
type operation struct {
	id, method, path, permission string
	body                         map[string]any // that passes the schema; nil: none is taken
}

var parameter = regexp.MustCompile(`\{([a-zA-Z]+)\}`)

// anyPath fills a path with things of the right form that exist nowhere.
func anyPath(path string) string {
	return fillPath(path, map[string]string{"tenant": "default"})
}

// fillPath puts what is known into a path, and things of the right form for the rest.
func fillPath(path string, known map[string]string) string {
	return parameter.ReplaceAllStringFunc(path, func(p string) string {
		name := strings.Trim(p, "{}")
		if value, ok := known[name]; ok {
			return value
		}
		switch name {
		case "bssid", "mac":
			return "00:00:5e:00:53:01"
		case "tenant", "site", "owned":
			return "nowhere"
		}
		return "00000000-0000-4000-8000-000000000000"
	})
}

// operations reads the document that the node serves.
func operations(t *testing.T, n *node) []operation {
	t.Helper()
	type doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Permission  string `json:"x-permission"`
			RequestBody struct {
				Content map[string]struct {
					Schema map[string]any
				}
			}
		}
		Components struct{ Schemas map[string]map[string]any }
	}
	var d doc
	if err := json.Unmarshal(n.api.spec, &d); err != nil {
		t.Fatal(err)
	}
	var list []operation
	for path, methods := range d.Paths {
		for method, op := range methods {
			o := operation{id: op.OperationID, method: strings.ToUpper(method), path: path, permission: op.Permission}
			if content, ok := op.RequestBody.Content["application/json"]; ok {
				o.body, _ = example(d.Components.Schemas, content.Schema).(map[string]any)
			}
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list
}

// example makes the least that passes a schema.
func example(schemas map[string]map[string]any, s map[string]any) any {
	if ref, ok := s["$ref"].(string); ok {
		return example(schemas, schemas[ref[strings.LastIndexByte(ref, '/')+1:]])
	}
	if values, ok := s["enum"].([]any); ok {
		return values[0]
	}
	kind, _ := s["type"].(string)
	if kinds, ok := s["type"].([]any); ok {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		o := map[string]any{}
		required, _ := s["required"].([]any)
		properties, _ := s["properties"].(map[string]any)
		for _, name := range required {
			name, _ := name.(string)
			property, _ := properties[name].(map[string]any)
			o[name] = example(schemas, property)
		}
		return o
	case "array":
		if least, _ := s["minItems"].(float64); least > 0 {
			items, _ := s["items"].(map[string]any)
			return []any{example(schemas, items)}
		}
		return []any{}
	case "integer", "number":
		if least, ok := s["minimum"].(float64); ok {
			return least
		}
		return 1
	case "boolean":
		return false
	}
	pattern, _ := s["pattern"].(string)
	switch {
	case s["format"] == "uuid":
		return uuid.NewString()
	case s["format"] == "uri":
		return "https://id.example.org"
	case strings.Contains(pattern, "){5}"):
		return "00:00:5e:00:53:01"
	}
	least, _ := s["minLength"].(float64)
	return strings.Repeat("x", max(1, int(least)))
}

// joinAs makes a member by an invitation, as people do, and returns the session.
func (n *node) joinAs(t *testing.T, path, name string, role auth.Role) string {
	t.Helper()
	resp := n.do("POST", "/api/v1"+path+"/invitations", map[string]any{"role": role, "days": 1})
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("invite %s: %d %s", role, resp.StatusCode, problemOf(t, resp))
	}
	token := decode[CreatedInvitation](t, resp).Token
	admin := n.cookie
	defer func() { n.cookie = admin }()
	n.cookie = ""
	resp = n.do("POST", "/api/v1/session/invitation", map[string]any{"token": token, "name": name, "password": testPassword})
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("accept: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	checkCookie(t, resp)
	return cookieOf(resp, SessionCookie)
}

func cookieOf(resp *http.Response, name string) string {
	for _, c := range resp.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// stranger is another organisation with a tenant that has one of everything, and
// what names these in paths.
func (n *node) stranger(t *testing.T) (ids map[string]string, organisation string) {
	t.Helper()
	made := func(resp *http.Response) map[string]any {
		t.Helper()
		if resp.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", resp.StatusCode, problemOf(t, resp))
		}
		return decode[map[string]any](t, resp)
	}
	id := func(o map[string]any) string { s, _ := o["id"].(string); return s }
	organisation = id(made(n.do("POST", "/api/v1/organisations", map[string]any{"name": "Elsewhere"})))
	tenant := id(made(n.do("POST", "/api/v1/organisations/"+organisation+"/tenants", map[string]any{"slug": "elsewhere", "name": "Elsewhere"})))
	const of = "/api/v1/tenants/elsewhere"
	made(n.do("POST", of+"/sites", map[string]any{"slug": "theirs", "name": "Their site"}))
	ids = map[string]string{"tenant": "elsewhere", "organisation": organisation, "owned": "elsewhere", "site": "theirs"}
	ids["floor"] = id(made(n.do("POST", of+"/sites/theirs/floors", map[string]any{"name": "Theirs", "level": 1})))
	ids["invitation"] = id(made(n.do("POST", of+"/invitations", map[string]any{"role": "viewer"})))
	ids["id"] = id(made(n.do("POST", "/api/v1/organisations/"+organisation+"/providers", map[string]any{
		"slug": "theirs", "name": "Theirs", "issuer": "https://id.example.org", "clientID": "x", "clientSecret": "x", "groupClaim": "groups",
		"showsSecondFactor": false, "enabled": true, "groups": []any{},
	})))
	tap := n.db.TapAt(t, n.store, uuid.MustParse(tenant), "theirs", "their tap")
	ids["tap"] = tap.TapID.String()
	n.add(tap.TenantID, tap.TapID, testdb.Report(testdb.ReportSpec{
		Boot: [16]byte{1}, Sequence: 1, Start: time.Now().Add(-time.Minute).Truncate(10 * time.Second), BSSs: 2, Stations: 2, Hosts: 2, Seed: 7, Definitions: true,
	}))
	lock, err := n.store.Desired().Lock(t.Context(), tenant, ids["tap"], desired.Lock{Frequency: 2412}, time.Hour, "them")
	if err != nil {
		t.Fatal(err)
	}
	ids["lock"] = lock.ID
	n.joinAs(t, "/tenants/elsewhere", "their viewer", auth.RoleViewer)
	members := decode[List[Member]](t, n.do("GET", of+"/members", nil))
	ids["user"] = members.Items[0].UserID
	bss := decode[List[map[string]any]](t, n.do("GET", of+"/bss?from=-1h", nil))
	clients := decode[List[map[string]any]](t, n.do("GET", of+"/clients?from=-1h", nil))
	if len(bss.Items) == 0 || len(clients.Items) == 0 {
		t.Fatal("nothing was heard elsewhere")
	}
	ids["bssid"], _ = bss.Items[0]["bssid"].(string)
	ids["mac"], _ = clients.Items[0]["mac"].(string)
	return ids, organisation
}

// TestNobodyReachesAnotherTenant asks, as the one who may do everything in a tenant,
// for every operation with what is another's: below the other's path, and below one's
// own with the other's ids.
func TestNobodyReachesAnotherTenant(t *testing.T) {
	n := newNode(t).signIn()
	ids, _ := n.stranger(t)
	mallory := n.joinAs(t, "/tenants/default", "mallory", auth.RoleTenantAdmin)
	token := n.tokenOf(t, mallory, auth.RoleTenantAdmin.Permissions().List())
	n.cookie = mallory
	asked := 0
	for _, op := range operations(t, n) {
		if !strings.Contains(op.path, "{") && op.path != "/api/v1/events" {
			continue
		}
		paths := []string{fillPath(op.path, ids)}
		if strings.HasPrefix(op.path, tenantPrefix) && strings.Count(op.path, "{") > 1 {
			own := map[string]string{}
			for k, v := range ids {
				own[k] = v
			}
			own["tenant"] = "default"
			paths = append(paths, fillPath(op.path, own))
		}
		if op.path == "/api/v1/events" {
			paths = []string{"/api/v1/events?tenant=elsewhere"}
		}
		for _, path := range paths {
			for _, bearer := range []string{"", token} {
				asked++
				resp := n.as(bearer, op.method, path, bodyOf(op))
				if op.id == "listBSSClients" && resp.StatusCode == http.StatusOK && decode[List[Client]](t, resp).Total == 0 {
					continue // what a tenant heard of a BSSID that it never heard is nothing
				}
				if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s %s (token: %v): %d", op.id, op.method, path, bearer != "", resp.StatusCode)
				}
				problemOf(t, resp)
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d requests", asked)
	}
}

// bodyOf returns a body that the operation takes: where passing the schema is not
// enough, one that stands here.
func bodyOf(op operation) any {
	switch op.id {
	case "changeTenantMember", "changeOrganisationMember":
		return map[string]any{"role": "viewer"}
	case "putSiteSettings", "putTapSettings":
		return said{}.body()
	case "lockChannel":
		return map[string]any{"frequencyMHz": 2412, "minutes": 5}
	}
	if op.body == nil {
		return nil
	}
	return op.body
}

// as sends a request with an API token, or where that is empty with the session.
func (n *node) as(token, method, path string, body any) *http.Response {
	if token == "" {
		return n.do(method, path, body)
	}
	session := n.cookie
	defer func() { n.cookie, n.bearer = session, "" }()
	n.cookie, n.bearer = "", token
	return n.do(method, path, body)
}

// tokenOf makes an API token as the holder of a session.
func (n *node) tokenOf(t *testing.T, session string, permissions []auth.Permission) string {
	t.Helper()
	before := n.cookie
	defer func() { n.cookie = before }()
	n.cookie = session
	resp := n.do("POST", "/api/v1/account/tokens", map[string]any{"name": "test", "permissions": permissions, "days": 1})
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("token: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	return decode[CreatedAPIToken](t, resp).Token
}

// TestRolesMayWhatTheirTableSays asks for every operation in every role.
func TestRolesMayWhatTheirTableSays(t *testing.T) {
	viewer := []string{"read:places", "read:taps", "read:air"}
	analyst := append(slices.Clone(viewer), "read:wire", "read:health")
	operator := append(slices.Clone(analyst), "change:taps", "read:enrolment", "change:enrolment")
	tenantAdmin := append(slices.Clone(operator), "change:places", "read:people", "change:people", "read:audit", "read:settings", "change:settings")
	organisationAdmin := append(slices.Clone(tenantAdmin), "read:tenants", "change:tenants")
	n := newNode(t).signIn()
	var organisation string
	for _, o := range decode[List[Organisation]](t, n.do("GET", "/api/v1/organisations", nil)).Items {
		organisation = o.ID
	}
	known := map[string]string{"tenant": "default", "organisation": organisation}
	all := operations(t, n)
	for _, role := range []struct {
		name                           auth.Role
		path                           string
		tenant, organisation, anywhere []string
	}{
		{auth.RoleViewer, "/tenants/default", viewer, nil, nil},
		{auth.RoleAnalyst, "/tenants/default", analyst, nil, nil},
		{auth.RoleOperator, "/tenants/default", operator, nil, nil},
		{auth.RoleTenantAdmin, "/tenants/default", tenantAdmin, nil, nil},
		{auth.RoleOrganisationAdmin, "/organisations/" + organisation, organisationAdmin, organisationAdmin, nil},
	} {
		session := n.joinAs(t, role.path, "the "+string(role.name), role.name)
		admin := n.cookie
		n.cookie = session
		for _, op := range all {
			may := role.anywhere
			switch {
			case op.permission == "":
				t.Errorf("%s declares no permission", op.id)
				continue
			case op.permission == "public" || op.permission == "self" || op.permission == "own" || op.id == "streamEvents":
				continue
			case strings.HasPrefix(op.path, tenantPrefix):
				may = role.tenant
			case strings.HasPrefix(op.path, organisationPrefix):
				may = role.organisation
			}
			var body any
			if op.body != nil {
				body = map[string]any{"nonsense": true} // refused after the role was looked at
			}
			resp := n.do(op.method, fillPath(op.path, known), body)
			refused := resp.StatusCode == http.StatusForbidden
			if !slices.Contains(may, op.permission) && !refused && resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s may %s (%s): %d", role.name, op.id, op.permission, resp.StatusCode)
			}
			if slices.Contains(may, op.permission) && refused {
				t.Errorf("%s may not %s (%s), and should", role.name, op.id, op.permission)
			}
			if resp.StatusCode >= 500 && op.id != "getHealth" { // health is no part of this node
				t.Errorf("%s as %s: %d", op.id, role.name, resp.StatusCode)
			}
		}
		n.cookie = admin
	}
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	n := newNode(t).signIn()
	boss := n.joinAs(t, "/tenants/default", "tenant boss", auth.RoleTenantAdmin)
	n.joinAs(t, "/tenants/default", "some viewer", auth.RoleViewer)
	n.cookie = boss
	for role, want := range map[string]int{"tenant-admin": 201, "viewer": 201, "organisation-admin": 422, "admin": 422} {
		if resp := n.do("POST", "/api/v1/tenants/default/invitations", map[string]any{"role": role}); resp.StatusCode != want {
			t.Errorf("invite as %s: %d, want %d", role, resp.StatusCode, want)
		}
	}
	for _, m := range decode[List[Member]](t, n.do("GET", "/api/v1/tenants/default/members", nil)).Items {
		if resp := n.do("PUT", "/api/v1/tenants/default/members/"+m.UserID, map[string]any{"role": "organisation-admin"}); resp.StatusCode != 422 {
			t.Errorf("%s becomes more than there is in a tenant: %d", m.Name, resp.StatusCode)
		}
	}
	for _, path := range []string{"/users", "/audit", "/invitations", "/providers"} {
		if resp := n.do("GET", "/api/v1"+path, nil); resp.StatusCode != 403 {
			t.Errorf("GET %s: %d, want 403", path, resp.StatusCode)
		}
	}
	// What the audit log has of the tenant, and nothing of elsewhere.
	page := decode[AuditPage](t, n.do("GET", "/api/v1/tenants/default/audit?limit=2", nil))
	if len(page.Items) != 2 || page.Next == "" || page.Items[0].Verb != "create" || page.Items[0].ObjectKind != "invitation" || page.Items[0].ActorName != "tenant boss" {
		t.Errorf("audit: %+v", page)
	}
	older := decode[AuditPage](t, n.do("GET", "/api/v1/tenants/default/audit?limit=500&page="+page.Next, nil))
	if len(older.Items) == 0 || slices.ContainsFunc(older.Items, func(e AuditEntry) bool { return e.ID == page.Items[1].ID || e.ID == page.Items[0].ID }) {
		t.Errorf("the next page: %+v", older)
	}
}
