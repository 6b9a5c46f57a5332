package store

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// uuids is an array parameter. The database's library would send each as text, which
// is what uuid.UUID's own Value is.
type uuids []uuid.UUID

// Dimensions, Index and IndexType make it a pgtype.ArrayGetter.
func (u uuids) Dimensions() []pgtype.ArrayDimension {
	return []pgtype.ArrayDimension{{Length: int32(len(u)), LowerBound: 1}}
}

func (u uuids) Index(i int) any { return pgtype.UUID{Bytes: u[i], Valid: true} }

func (u uuids) IndexType() any { return pgtype.UUID{} }

// flat is an array parameter that the database's library takes without reflection.
// None is an empty array, not NULL.
func flat[T any](s []T) pgtype.FlatArray[T] {
	if s == nil {
		return pgtype.FlatArray[T]{}
	}
	return s
}
