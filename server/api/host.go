package api

// Host is an Ethernet station as heard in the time range.
type Host struct {
	MAC            string    `json:"mac"`
	Vendor         *string   `json:"vendor" doc:"null: unknown, or a private address"`
	PrivateAddress bool      `json:"privateAddress"`
	IPs            []string  `json:"ips" doc:"At most 16, last heard first"`
	Names          []string  `json:"names" doc:"As it names itself by DHCP"`
	VLAN           *int      `json:"vlan" doc:"Outermost; null: untagged"`
	FramesSent     int64     `json:"framesSent" doc:"In the time range, like all counts"`
	FramesReceived int64     `json:"framesReceived"`
	BytesSent      int64     `json:"bytesSent"`
	BytesReceived  int64     `json:"bytesReceived"`
	FirstHeardAt   Time      `json:"firstHeardAt" doc:"Ever"`
	LastHeardAt    Time      `json:"lastHeardAt"`
	DHCP           *HostDHCP `json:"dhcp" doc:"Its latest lease; null: none heard"`
	Taps           []TapRef  `json:"taps"`
	Sites          []string  `json:"sites"`
	Demonstration  bool      `json:"demonstration"`
}

// HostDHCP is a lease as heard on the wire.
type HostDHCP struct {
	Server       *string `json:"server" doc:"Address of the server; null: not said"`
	LeaseSeconds *int64  `json:"leaseSeconds"`
	VendorClass  *string `json:"vendorClass"`
}

// HostDetail is a host with what it asked for and whom it spoke with.
type HostDetail struct {
	Host
	DNS   []DNSQuestion `json:"dns" doc:"Of the last 24 hours of the time range, most asked first, at most 200"`
	Flows []Flow        `json:"flows" doc:"Of the last 24 hours of the time range, most bytes first, at most 200"`
}

// DNSQuestion is a name that a host asked for in the time range.
type DNSQuestion struct {
	Name      string     `json:"name"`
	Type      string     `json:"type" example:"AAAA"`
	Questions int64      `json:"questions"`
	Answers   DNSAnswers `json:"answers"`
}

// DNSAnswers counts answers by their code (RFC 1035, 4.1.1).
type DNSAnswers struct {
	NoError  int64 `json:"noError"`
	NXDomain int64 `json:"nxDomain"`
	ServFail int64 `json:"servFail"`
	Refused  int64 `json:"refused"`
	Other    int64 `json:"other"`
}

// Flow is a conversation of a host in the time range.
type Flow struct {
	Protocol      string `json:"protocol" example:"TCP"`
	Peer          string `json:"peer" doc:"IP address of the other end"`
	PeerPort      *int   `json:"peerPort" doc:"Of the peer as server; null where the peer is the client, whose ports are put together"`
	LocalPort     *int   `json:"localPort" doc:"Of the host as server; null where it is the client"`
	Direction     string `json:"direction" enum:"outgoing,incoming" doc:"outgoing: the host opened it"`
	BytesSent     int64  `json:"bytesSent" doc:"IP packets, headers included"`
	BytesReceived int64  `json:"bytesReceived"`
	Packets       int64  `json:"packets" doc:"Both ways"`
}
