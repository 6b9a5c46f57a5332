package protocol

// Place is a network namespace.
type Place struct {
	Namespace string `json:"namespace,omitempty"`
}

// Interface names an interface in a namespace.
type Interface struct {
	Namespace string `json:"namespace,omitempty"`
	Interface string `json:"interface"`
}

// Veth makes a pair of wired interfaces, both up.
type Veth struct {
	A VethEnd `json:"a"`
	B VethEnd `json:"b"`
}

// VethEnd is one end of a pair.
type VethEnd struct {
	Namespace string   `json:"namespace,omitempty"`
	Interface string   `json:"interface"`
	Addresses []string `json:"addresses,omitempty"` // "192.0.2.1/24"
}

// Link changes an interface: only what is given, in this order.
type Link struct {
	Namespace string   `json:"namespace,omitempty"`
	Interface string   `json:"interface"`
	Down      bool     `json:"down,omitempty"`
	Rename    string   `json:"rename,omitempty"` // with Down, as the kernel demands
	Address   string   `json:"address,omitempty"`
	MTU       int      `json:"mtu,omitempty"`
	MoveTo    string   `json:"moveTo,omitempty"` // a namespace; "." is the agent's own. What follows happens there
	Up        bool     `json:"up,omitempty"`
	Addresses []string `json:"addresses,omitempty"` // "192.0.2.1/24"; those that are there already are no error
	Routes    []Route  `json:"routes,omitempty"`
}

// Route is a way to a destination ("default" or "192.0.2.0/24").
type Route struct {
	To  string `json:"to"`
	Via string `json:"via,omitempty"`
}

// Links are a namespace's interfaces.
type Links struct {
	Links []LinkInfo `json:"links"`
}

// LinkInfo is an interface as it is.
type LinkInfo struct {
	Name      string   `json:"name"`
	Index     uint32   `json:"index"`
	Address   string   `json:"address"`
	Up        bool     `json:"up"`
	Addresses []string `json:"addresses,omitempty"`
}
