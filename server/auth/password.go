package auth

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// defaultParams are the second recommended option of RFC 9106, section 4.
func defaultParams() *argon2id.Params {
	return &argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4, SaltLength: 16, KeyLength: 32}
}

// concurrentHashes bounds the memory that strangers can make a node use.
const concurrentHashes = 2

// hasher computes argon2id, a few at a time.
type hasher struct {
	params *argon2id.Params
	dummy  string // of a password that nobody has
	slots  chan struct{}
}

func newService(u users, params *argon2id.Params) (*Service, error) {
	password, _ := newToken()
	dummy, err := argon2id.CreateHash(password, params)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	return &Service{
		users:  u,
		hasher: &hasher{params: params, dummy: dummy, slots: make(chan struct{}, concurrentHashes)},
	}, nil
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	encoded, err := argon2id.CreateHash(password, h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return encoded, nil
}

func (h *hasher) check(ctx context.Context, password, encoded string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	right, err := argon2id.ComparePasswordAndHash(password, encoded)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return right, nil
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

func (h *hasher) leave() { <-h.slots }
