// Package api is the interface that people's programs and the console use:
// HTTP and JSON under /api/v1, described by an OpenAPI 3.1 document that is
// made from the types of this package.
//
// # Rules of the interface
//
// Names are camelCase and carry their unit ("frequencyMHz", "signalDBm").
// Times are RFC 3339 in UTC with milliseconds. A figure that nobody measured is
// null, never 0. Addresses are lower case with colons. Text that a transmitter
// chose (an SSID, a host name) is given as it is where it is printable UTF-8, and
// otherwise with its other octets as \xNN; a hidden SSID is null.
//
// Errors are problem documents (RFC 9457) whose detail says what to do next.
//
// # Who may ask
//
// Nothing under /api/v1 is open to strangers but the three operations that
// open lists. Every other request needs the cookie of a session, and every
// request that changes something also the header "X-Picket: 1" and, where the
// client sends an Origin, that of this console: no other site's form or script
// can send both. A tenant that the session is no member of does not exist for
// it: the answer is 404, not 403.
//
// # Layers
//
// A request passes guard (headers, size, deadline, session, CSRF), then the
// tenant check, then its handler, which decodes, calls one method of the store
// and encodes. Row-level security in the database stands behind the tenant
// check: the store sets the tenant in each transaction, under a role that owns
// nothing.
package api
