package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

const (
	dropFactorSQL   = `DELETE FROM second_factor WHERE user_id = @id::uuid`
	dropRecoverySQL = `DELETE FROM recovery_code WHERE user_id = @id::uuid`

	// What others may know of a second factor: since when there is one.
	noteFactorSQL = `
UPDATE user_account
SET second_factor_at = (SELECT confirmed_at FROM second_factor WHERE user_id = @id::uuid)
WHERE id = @id::uuid`
)

// own runs f in a transaction that sees what is one user's alone, and writes an
// entry of the audit log unless verb is empty.
func (u *Users) own(ctx context.Context, user, verb, object string, f func(pgx.Tx) error) error {
	err := within(ctx, u.pool, pgx.ReadWrite, as{scope: Installation.String(), user: user}, func(tx pgx.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		if verb == "" {
			return nil
		}
		return audit(ctx, tx, Entry{Verb: verb, Object: object, ID: user, Name: auth.ActorOf(ctx).Name})
	})
	if err != nil {
		return fmt.Errorf("store: %s of user: %w", object, err)
	}
	return nil
}

// Factor returns a user's second factor with the database's time, or
// auth.ErrNotFound.
func (u *Users) Factor(ctx context.Context, user string) (f auth.Factor, err error) {
	const factorSQL = `
SELECT secret,
       confirmed_at IS NOT NULL,
       last_step,
       now(),
       (SELECT count(*) FROM recovery_code r WHERE r.user_id = @id::uuid AND r.used_at IS NULL)
FROM second_factor
WHERE user_id = @id::uuid`
	err = u.own(ctx, user, "", "second factor", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, factorSQL, pgx.StrictNamedArgs{"id": user}).Scan(&f.Secret, &f.Confirmed, &f.LastStep, &f.Now, &f.RecoveryCodes)
		if notFound(err) == ErrNotFound { //nolint:errorlint // it is that value
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		f.Secret, err = reveal(u.keys, purposeFactor+user, f.Secret)
		return err
	})
	return f, err
}

// BeginFactor keeps a secret that is not in force yet, in the place of another such.
// The error is auth.ErrConflict where one is in force.
func (u *Users) BeginFactor(ctx context.Context, user string, secret []byte) error {
	const beginSQL = `
INSERT INTO second_factor (user_id, secret)
VALUES (@id::uuid, @secret)
ON CONFLICT (user_id) DO UPDATE
SET secret = EXCLUDED.secret, created_at = now(), last_step = 0
WHERE second_factor.confirmed_at IS NULL`
	kept, err := hide(u.keys, purposeFactor+user, secret)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return u.own(ctx, user, "", "second factor", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, beginSQL, pgx.StrictNamedArgs{"id": user, "secret": kept})
		if err == nil && tag.RowsAffected() == 0 {
			return auth.ErrConflict
		}
		return err
	})
}

// UseStep uses the code of a step up, or reports false where it or a later one was
// used: on whatever node.
func (u *Users) UseStep(ctx context.Context, user string, step int64) (fresh bool, err error) {
	const useStepSQL = `UPDATE second_factor SET last_step = @step WHERE user_id = @id::uuid AND last_step < @step`
	err = u.own(ctx, user, "", "second factor", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, useStepSQL, pgx.StrictNamedArgs{"id": user, "step": step})
		fresh = tag.RowsAffected() == 1
		return err
	})
	return fresh, err
}

// ConfirmFactor puts a second factor into force, with recovery codes, and notes that
// the session has shown it.
func (u *Users) ConfirmFactor(ctx context.Context, user string, codes [][32]byte, session [32]byte) error {
	const (
		confirmSQL = `UPDATE second_factor SET confirmed_at = now() WHERE user_id = @id::uuid AND confirmed_at IS NULL`
		shownSQL   = `UPDATE session SET second_factor = true WHERE token_hash = @hash AND user_id = @id::uuid`
	)
	return u.own(ctx, user, "add", "second factor", func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"id": user}
		tag, err := tx.Exec(ctx, confirmSQL, args)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return auth.ErrConflict
		}
		if err := putRecoveryCodes(ctx, tx, user, codes); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, noteFactorSQL, args); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, shownSQL, pgx.StrictNamedArgs{"id": user, "hash": session[:]})
		return err
	})
}

// SetRecoveryCodes replaces a user's recovery codes.
func (u *Users) SetRecoveryCodes(ctx context.Context, user string, codes [][32]byte) error {
	return u.own(ctx, user, "replace", "recovery codes", func(tx pgx.Tx) error { return putRecoveryCodes(ctx, tx, user, codes) })
}

func putRecoveryCodes(ctx context.Context, tx pgx.Tx, user string, codes [][32]byte) error {
	const addSQL = `INSERT INTO recovery_code (user_id, code_hash) SELECT @id::uuid, h FROM unnest(@hashes::bytea[]) AS h`
	if _, err := tx.Exec(ctx, dropRecoverySQL, pgx.StrictNamedArgs{"id": user}); err != nil {
		return err
	}
	hashes := make([][]byte, len(codes))
	for i := range codes {
		hashes[i] = codes[i][:]
	}
	_, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{"id": user, "hashes": hashes})
	return err
}

// UseRecoveryCode uses a recovery code up, or reports false.
func (u *Users) UseRecoveryCode(ctx context.Context, user string, code [32]byte) (used bool, err error) {
	const useSQL = `UPDATE recovery_code SET used_at = now() WHERE user_id = @id::uuid AND code_hash = @hash AND used_at IS NULL`
	err = u.own(ctx, user, "", "recovery code", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, useSQL, pgx.StrictNamedArgs{"id": user, "hash": code[:]})
		used = tag.RowsAffected() == 1
		return err
	})
	return used, err
}

// DropFactor ends a user's second factor.
func (u *Users) DropFactor(ctx context.Context, user string) error {
	return u.own(ctx, user, "remove", "second factor", func(tx pgx.Tx) error {
		for _, sql := range []string{dropFactorSQL, dropRecoverySQL, noteFactorSQL} {
			if _, err := tx.Exec(ctx, sql, pgx.StrictNamedArgs{"id": user}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ShowFactor notes that one of a user's sessions has shown the second factor.
func (u *Users) ShowFactor(ctx context.Context, user, session string) error {
	const shownSQL = `UPDATE session SET second_factor = true WHERE id = @session::uuid AND user_id = @id::uuid`
	return u.own(ctx, user, "", "session", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, shownSQL, pgx.StrictNamedArgs{"id": user, "session": session})
		return err
	})
}
