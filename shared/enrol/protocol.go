package enrol

// TapProtocol is the ALPN protocol (RFC 7301) that a tap offers beside those of
// HTTP, and that no node ever selects. It says that a tap is calling, which pinned
// the cluster's CA: the node then shows a certificate of that CA, whatever else it
// serves to browsers.
const TapProtocol = "picket-tap"
