package api

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
)

// signedIn is the security of every operation that strangers may not use: a cookie
// or an API token.
var signedIn = []map[string][]string{{"session": {}}, {"token": {}}}

// permissionExtension names an operation's permission in the document.
const permissionExtension = "x-permission"

func humaConfig(version string) huma.Config {
	config := huma.DefaultConfig("Picket", version)
	config.OpenAPIPath = "" // served by ourselves, in one version and form
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema in bodies
	config.Info.Description = "What the taps of a network defence system hear, and the state of the taps themselves. " +
		"Sign in with POST /api/v1/session; requests that change something need the header X-Picket: 1."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "Set by POST /api/v1/session"},
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token; it may do what its scopes and its owner may"},
	}
	config.Tags = []*huma.Tag{
		{Name: tagSession, Description: "Signing in and out"},
		{Name: tagPlaces, Description: "Sites and how taps get there"},
		{Name: tagTaps, Description: "Taps and their health"},
		{Name: tagAir, Description: "What is heard by radio"},
		{Name: tagWire, Description: "What is heard on the wire"},
		{Name: tagAccount, Description: "One's own password, second factor, sessions and API tokens"},
		{Name: tagPeople, Description: "Who may do what where"},
		{Name: tagAudit, Description: "Who changed what"},
		{Name: tagCluster, Description: "Nodes, certificates and the installation's health"},
		{Name: tagEvents, Description: "What changes, as it changes"},
	}
	return config
}

// finish completes the document that huma made, and returns it as JSON.
func finish(doc *huma.OpenAPI) ([]byte, error) {
	schemas := doc.Components.Schemas.Map()
	for _, s := range schemas {
		plainArrays(s)
	}
	orNull(schemas["Fingerprints"], "beacon")
	orNull(schemas["Fingerprints"], "probeResponse")
	orNull(schemas["Host"], "dhcp")
	orNull(schemas["PendingBox"], "site")
	orNull(schemas["PendingBox"], "was")
	orNull(schemas["HostDetail"], "dhcp")
	for _, list := range []string{"ownMHz", "onlyMHz", "excludeMHz"} { // null says nothing, [] says none
		schemas["RadioSettings"].Properties[list].Nullable = true
	}
	for path, item := range doc.Paths {
		declareParams(path, item)
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				op.Parameters = append(op.Parameters, &huma.Param{
					Name: csrfHeader, In: "header", Required: true,
					Description: "Always 1. Shows that the request comes from no other site's page",
					Schema:      &huma.Schema{Type: huma.TypeString, Enum: []any{"1"}},
				})
			}
		}
	}
	doc.Paths["/api/v1/events"] = &huma.PathItem{Get: eventsOperation()}
	return json.MarshalIndent(doc, "", "  ")
}

// declareParams describes the parameters of a path that its operations find in the
// context, where authorise put what they name.
func declareParams(path string, item *huma.PathItem) {
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op == nil {
			continue
		}
		for _, name := range []string{"organisation", "tenant"} {
			declared := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == name })
			if declared || !strings.Contains(path, "{"+name+"}") {
				continue
			}
			p := &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "Slug of the tenant"}
			if name == "organisation" {
				p.Schema.Format, p.Description = "uuid", "Id of the organisation"
			}
			op.Parameters = append([]*huma.Param{p}, op.Parameters...)
		}
	}
}

// plainArrays says of all arrays in s that they are never null, since none is:
// huma assumes the opposite of Go's slices.
func plainArrays(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	plainArrays(s.Items)
	for _, p := range s.Properties {
		plainArrays(p)
	}
}

// orNull says of a property that refers to an object that it may be null,
// which huma cannot.
func orNull(s *huma.Schema, property string) {
	if s == nil || s.Properties[property] == nil {
		return
	}
	p := s.Properties[property]
	s.Properties[property] = &huma.Schema{
		Description: p.Description,
		OneOf:       []*huma.Schema{{Ref: p.Ref}, {Type: "null"}},
	}
}

func eventsOperation() *huma.Operation {
	text := &huma.Schema{Type: huma.TypeString}
	problemRef := &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/ErrorModel"}}},
	}
	return &huma.Operation{
		OperationID: "streamEvents",
		Summary:     "What changes, as it changes",
		Tags:        []string{tagEvents},
		Security:    signedIn,
		Extensions:  map[string]any{permissionExtension: auth.ReadTaps},
		Description: "A stream of server-sent events, at most one a second: event `changed` with the data " +
			"`{\"tenant\":\"…\",\"what\":[\"taps\",\"bss\",\"clients\",\"hosts\",\"home\"],\"at\":\"…\"}`. It says what to read again, not what is new. " +
			"Every event has an id; a client that reconnects with Last-Event-ID is told at once if something changed meanwhile. " +
			"A comment is sent each 15 seconds. The stream ends when the session ends.",
		Parameters: []*huma.Param{
			{Name: "tenant", In: "query", Required: true, Description: "Slug of the tenant", Schema: text},
			{Name: "Last-Event-ID", In: "header", Description: "Id of the last event received", Schema: text},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: text}}},
			"401": problemRef,
			"403": problemRef,
			"404": problemRef,
			"503": problemRef,
		},
	}
}
