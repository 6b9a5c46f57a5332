package auth

import (
	"slices"
	"strings"
)

// Permission is a verb and an area, such as "read:taps". Each operation of the
// interface declares one; it is asked of the tenant in the operation's path, of the
// organisation in it, or else of the installation.
type Permission string

// Permissions. Read ones are safe to give with a token to a machine.
const (
	ReadPlaces      Permission = "read:places"      // tenants' names, sites, floors
	ChangePlaces    Permission = "change:places"    // sites and floors
	ReadTaps        Permission = "read:taps"        // taps, their state, health, events and settings
	ChangeTaps      Permission = "change:taps"      // what taps do, their names, sites, keys and revocation
	ReadEnrolment   Permission = "read:enrolment"   // enrolment tokens and boxes that wait
	ChangeEnrolment Permission = "change:enrolment" // making tokens, adopting boxes
	ReadAir         Permission = "read:air"         // what is heard by radio
	ReadWire        Permission = "read:wire"        // what is heard on the wire: who spoke to whom
	ReadPeople      Permission = "read:people"      // members, their roles, invitations
	ChangePeople    Permission = "change:people"
	ReadAudit       Permission = "read:audit"
	ReadSettings    Permission = "read:settings" // policies: second factor, retention, limits, sign-in by others
	ChangeSettings  Permission = "change:settings"
	ReadHealth      Permission = "read:health" // indicators of the installation's health
	ReadCluster     Permission = "read:cluster"
	ChangeCluster   Permission = "change:cluster" // nodes, certificates, jobs
	ReadTenants     Permission = "read:tenants"   // organisations and their tenants, as things to administer
	ChangeTenants   Permission = "change:tenants"

	ChangeOrganisations Permission = "change:organisations"
)

// Three that are no role's: they need no membership.
const (
	Public Permission = "public" // strangers may
	Self   Permission = "self"   // whoever is signed in, about themselves
	Own    Permission = "own"    // whoever is signed in by a session, no token: what makes somebody somebody
)

// permissions are all that roles and tokens can have, as they are listed.
var permissions = [...]Permission{
	ReadPlaces, ChangePlaces, ReadTaps, ChangeTaps, ReadEnrolment, ChangeEnrolment, ReadAir, ReadWire, ReadPeople,
	ChangePeople, ReadAudit, ReadSettings, ChangeSettings, ReadHealth, ReadCluster, ChangeCluster, ReadTenants, ChangeTenants, ChangeOrganisations,
}

// Permissions returns all that roles and tokens can have.
func Permissions() []Permission { return slices.Clone(permissions[:]) }

// Known reports whether p is one that roles and tokens can have.
func (p Permission) Known() bool { return slices.Contains(permissions[:], p) }

// Changes reports whether p lets its holder change something.
func (p Permission) Changes() bool { return strings.HasPrefix(string(p), "change:") }

// Role is a named set of permissions. Roles are built in.
type Role string

// Roles. A RoleAdministrator is one everywhere; the others hold where a membership
// says: RoleOrganisationAdmin in an organisation with all its tenants, the rest in a
// tenant, or in all of an organisation's.
const (
	RoleAdministrator     Role = "admin"
	RoleOrganisationAdmin Role = "organisation-admin"
	RoleTenantAdmin       Role = "tenant-admin"
	RoleOperator          Role = "operator"
	RoleAnalyst           Role = "analyst"
	RoleViewer            Role = "viewer"
	RoleMember            Role = "member" // of a user who has only memberships
)

// memberRoles are those that a membership can have, strongest first.
var memberRoles = [...]Role{RoleOrganisationAdmin, RoleTenantAdmin, RoleOperator, RoleAnalyst, RoleViewer}

// MemberRoles returns the roles that a membership can have, strongest first.
func MemberRoles() []Role { return slices.Clone(memberRoles[:]) }

// Permissions returns what a role may do. An unknown role may do nothing.
func (r Role) Permissions() Set {
	switch r {
	case RoleAdministrator:
		return NewSet(permissions[:]...)
	case RoleOrganisationAdmin:
		return RoleTenantAdmin.Permissions().With(ReadTenants, ChangeTenants)
	case RoleTenantAdmin:
		return RoleOperator.Permissions().With(ChangePlaces, ReadPeople, ChangePeople, ReadAudit, ReadSettings, ChangeSettings)
	case RoleOperator:
		return RoleAnalyst.Permissions().With(ChangeTaps, ReadEnrolment, ChangeEnrolment)
	case RoleAnalyst:
		return RoleViewer.Permissions().With(ReadWire, ReadHealth)
	case RoleViewer:
		return NewSet(ReadPlaces, ReadTaps, ReadAir)
	}
	return Set{}
}

// Describe says in a sentence what a role is for.
func (r Role) Describe() string {
	switch r {
	case RoleAdministrator:
		return "May do everything in every organisation, and to the cluster itself."
	case RoleOrganisationAdmin:
		return "Makes tenants of an organisation, and may do everything in them."
	case RoleTenantAdmin:
		return "Invites people, makes sites, sets policies and reads the audit log."
	case RoleOperator:
		return "Adds taps and changes what they do."
	case RoleAnalyst:
		return "Sees everything that is heard, on the wire too, and changes nothing."
	case RoleViewer:
		return "Sees taps and what they hear by radio, not who spoke to whom on the wire."
	}
	return ""
}

// Set is a set of permissions. The zero value is empty.
type Set struct{ bits uint32 }

// NewSet returns the set of some permissions; unknown ones are left out.
func NewSet(list ...Permission) Set { return Set{}.With(list...) }

// With returns s and some permissions more.
func (s Set) With(list ...Permission) Set {
	for _, p := range list {
		if i := slices.Index(permissions[:], p); i >= 0 {
			s.bits |= 1 << i
		}
	}
	return s
}

// Has reports whether p is in s.
func (s Set) Has(p Permission) bool {
	i := slices.Index(permissions[:], p)
	return i >= 0 && s.bits&(1<<i) != 0
}

// Union returns what is in s, in o or in both.
func (s Set) Union(o Set) Set { return Set{s.bits | o.bits} }

// Intersect returns what is in both.
func (s Set) Intersect(o Set) Set { return Set{s.bits & o.bits} }

// Contains reports whether everything in o is in s.
func (s Set) Contains(o Set) bool { return o.bits&^s.bits == 0 }

// List returns what is in s, in the order of Permissions.
func (s Set) List() []Permission {
	list := []Permission{}
	for i, p := range permissions {
		if s.bits&(1<<i) != 0 {
			list = append(list, p)
		}
	}
	return list
}
