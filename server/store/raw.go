package store

import (
	"strings"

	"picket/server/store/pack"
)

// rawTables are where the families of package pack are.
var rawTables = [...]string{pack.Air: "air_raw", pack.Wire: "wire_raw"}

// everyTableSQL is sql of a table.
func everyTableSQL(sql, table string) string { return strings.ReplaceAll(sql, "@table", table) }
