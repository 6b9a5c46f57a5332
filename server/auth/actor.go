package auth

import "context"

// Kinds of actors, as the audit log has them.
const (
	ActorUser    = "user"
	ActorToken   = "token" // a user's API token
	ActorTap     = "tap"
	ActorNode    = "node"
	ActorNodectl = "nodectl"
)

// Actor is who changes something.
type Actor struct {
	Kind    string
	ID      string // UUID; empty: has none
	Name    string // at most 64 characters
	Address string // IP address; empty: not over the network
}

type actorKey struct{}

// WithActor returns a context in which a is who acts: the audit log takes it from
// there.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns who acts; the node itself where nobody was named.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: ActorNode, Name: "node"}
}
