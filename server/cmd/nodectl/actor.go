package main

import (
	"context"

	"picket/server/auth"
)

func withActor(ctx context.Context, name string) context.Context {
	return auth.WithActor(ctx, auth.Actor{Kind: auth.ActorNodectl, Name: name})
}
