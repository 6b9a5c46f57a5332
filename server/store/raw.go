package store

import (
	"strings"

	"picket/server/store/pack"
)

// rawTables are where the families of package pack are.
var rawTables = [...]string{pack.Air: "air_raw", pack.Wire: "wire_raw"}

// tableSQL is sql of a table.
func tableSQL(sql, table string) string { return strings.Replace(sql, "@table", table, 1) }
