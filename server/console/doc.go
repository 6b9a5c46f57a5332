// Package console serves the web console, whose TypeScript source is in web.
//
// The build (npm run build in web) writes web/dist, which is embedded and not
// committed; dist/.gitkeep stands in for it, so that go build never needs Node.
//
// Files below assets have a hash of their content in their names: browsers may
// keep them for ever. Beside each file the build may put NAME.br and NAME.gz,
// which are sent to those who take them. Everything else that a browser
// navigates to is index.html, never kept without asking again, since the console
// has its pages' paths in the browser.
//
// # Content security policy
//
// Scripts, styles, fonts and connections come from this node alone; nothing
// inline runs. Where index.html has the text __CSP_NONCE__ it becomes a random
// value for each answer, and style elements that carry it as their nonce are
// allowed; without that text, styles may be inline.
package console
