package protocol

// Path names a file or folder.
type Path struct {
	Path string `json:"path"`
}

// Write writes a piece of a file; folders above it are made. Without Append the
// file is new, and there whole or not at all.
type Write struct {
	Path   string `json:"path"`
	Data   []byte `json:"data"` // at most MaxChunk
	Append bool   `json:"append,omitempty"`
	Mode   uint32 `json:"mode,omitempty"` // 0: 0644
}

// Read reads at most Count octets (0: MaxChunk) of a file from Offset.
type Read struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset,omitempty"`
	Count  int    `json:"count,omitempty"`
}

// Chunk is a piece of a file.
type Chunk struct {
	Data []byte `json:"data"`
	Size int64  `json:"size"` // of the whole file
	End  bool   `json:"end"`  // nothing follows
}

// FileInfo tells of a file.
type FileInfo struct {
	Size   int64    `json:"size"`
	Mode   uint32   `json:"mode"`
	Folder bool     `json:"folder,omitempty"`
	Names  []string `json:"names,omitempty"` // what a folder holds, sorted; at most 10,000
}
