package main

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"picket/server/store"
)

// slugForm is that of the schema (site_slug_form, tenant_slug_form).
var slugForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Lengths of the schema, in characters.
const (
	maxPlaceName = 200
	maxFloorName = 100
	maxNote      = 200
)

// check says what of a subcommand's options cannot be, before a database is opened.
func (p placeFlags) check(act string) error {
	var wrong []error
	switch act {
	case "add-organisation":
		wrong = append(wrong, p.checkName(maxPlaceName))
	case "add-tenant":
		wrong = append(wrong, p.checkID("-organisation", p.organisation), p.checkSlug(), p.checkName(maxPlaceName))
	case "remove-tenant":
		wrong = append(wrong, p.checkID("-organisation", p.organisation), p.checkSlug())
	case "add-site", "rename-site":
		wrong = append(wrong, p.checkSlug(), p.checkName(maxPlaceName))
	case "remove-site":
		wrong = append(wrong, p.checkSlug())
	case "add-floor":
		wrong = append(wrong, p.checkSlug(), p.checkName(maxFloorName), p.checkLevel())
	case "invite":
		if len([]rune(p.note)) > maxNote {
			wrong = append(wrong, fmt.Errorf("-note: more than %d characters", maxNote))
		}
	case "reset", "disable", "remove-factor":
		wrong = append(wrong, p.checkID("-user", p.user))
	}
	for _, err := range wrong { // one at a time reads best
		if err != nil {
			return err
		}
	}
	return nil
}

func (p placeFlags) checkID(option, id string) error {
	if id == "" {
		return fmt.Errorf("%s is needed; nodectl people list prints ids", option)
	}
	if _, err := uuid.Parse(id); err != nil {
		return fmt.Errorf("%s: %q is no id; nodectl people list prints them", option, id)
	}
	return nil
}

func (p placeFlags) checkSlug() error {
	if !slugForm.MatchString(p.slug) {
		return fmt.Errorf("-slug: %q is not 1 to 63 small letters, digits and dashes between them", p.slug)
	}
	return nil
}

func (p placeFlags) checkName(most int) error {
	if n := len([]rune(p.name)); n < 1 || n > most {
		return fmt.Errorf("-name: %d characters are not between 1 and %d", n, most)
	}
	return nil
}

func (p placeFlags) checkLevel() error {
	if p.level < -20 || p.level > 200 {
		return fmt.Errorf("-level: %d is not between -20 and 200", p.level)
	}
	return nil
}

// plain says in words of the options why a subcommand was refused.
func (p placeFlags) plain(act string, err error) error {
	var missing, taken, used string
	switch act {
	case "add-organisation":
		taken = fmt.Sprintf("-name: there is an organisation %q already", p.name)
	case "add-tenant":
		taken = fmt.Sprintf("-slug: there is a tenant %q already, or no organisation with the id %s", p.slug, p.organisation)
	case "remove-tenant":
		missing = fmt.Sprintf("-slug: the organisation has no tenant %q", p.slug)
		used = fmt.Sprintf("-slug: the tenant %q has taps or other things still; remove those first", p.slug)
	case "add-site":
		taken = fmt.Sprintf("-slug: the tenant %q has a site %q already", p.tenant, p.slug)
	case "rename-site", "remove-site":
		missing = fmt.Sprintf("-slug: the tenant %q has no site %q", p.tenant, p.slug)
		used = fmt.Sprintf("-slug: the site %q has taps, tokens or settings still; remove or move those first", p.slug)
	case "add-floor":
		missing = fmt.Sprintf("-slug: the tenant %q has no site %q", p.tenant, p.slug)
		taken = fmt.Sprintf("-name: the site %q has a floor %q already", p.slug, p.name)
	case "reset", "disable", "remove-factor":
		missing = fmt.Sprintf("-user: there is no user with the id %q, or nothing to remove", p.user)
	}
	switch {
	case errors.Is(err, errNoTenant):
		return fmt.Errorf("-tenant: there is no tenant %q", p.tenant)
	case errors.Is(err, store.ErrInUse) && used != "":
		return errors.New(used)
	case errors.Is(err, store.ErrConflict) && taken != "":
		return errors.New(taken)
	case errors.Is(err, store.ErrNotFound) && missing != "":
		return errors.New(missing)
	}
	return err
}

// errNoTenant is returned where -tenant names none.
var errNoTenant = errors.New("no such tenant")
