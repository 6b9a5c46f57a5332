package api

// Settings are what people set for a site or a tap. null says nothing: a tap then
// does what its site says, and without that what it finds best.
type Settings struct {
	WindowMS *int          `json:"windowMS" example:"10000" doc:"Length of a report's window: a part of a minute from 5000 to 60000"`
	Radio    RadioSettings `json:"radio"`
}

// RadioSettings are those of a tap's radios. Frequencies are the centres of 20 MHz
// channels. An empty array says none, against what the site says.
type RadioSettings struct {
	Use        *bool   `json:"use" doc:"false: leave all radios alone"`
	Country    *string `json:"country" maxLength:"2" example:"DE" doc:"Where the tap is, ISO 3166-1: the hint for its regulatory domain. 00: the world; empty: as the tap finds it"`
	OwnMHz     []int   `json:"ownMHz" maxItems:"128" nullable:"true" doc:"Channels of your own networks: listened to first"`
	OnlyMHz    []int   `json:"onlyMHz" maxItems:"128" nullable:"true" doc:"Listen on no others"`
	ExcludeMHz []int   `json:"excludeMHz" maxItems:"128" nullable:"true" doc:"Never listen on these"`
	ShareIndex *int    `json:"shareIndex" doc:"Which share of the channels is this tap's, from 0; of a tap alone"`
	ShareOf    *int    `json:"shareOf" doc:"How many taps share the channels, 1 to 64; of a tap alone"`
	RevisitMS  *int    `json:"revisitMS" doc:"Longest time between two visits of a channel: 1000 to 600000"`
}

// SettingsLayer is what was set, and by whom.
type SettingsLayer struct {
	Settings
	ChangedBy *string `json:"changedBy" doc:"Name of the person, or nodectl; null: never set"`
	ChangedAt *Time   `json:"changedAt" nullable:"true"`
}

// SiteSettings is what was set for all taps of a site.
type SiteSettings struct {
	SettingsLayer
	Site SiteRef `json:"site"`
	Taps int     `json:"taps" doc:"That have it as their default"`
}

// SettingSources say where each effective setting comes from.
type SettingSources struct {
	WindowMS   string `json:"windowMS" enum:"tap,site,none"`
	Use        string `json:"use" enum:"tap,site,none"`
	Country    string `json:"country" enum:"tap,site,none"`
	OwnMHz     string `json:"ownMHz" enum:"tap,site,none"`
	OnlyMHz    string `json:"onlyMHz" enum:"tap,site,none"`
	ExcludeMHz string `json:"excludeMHz" enum:"tap,site,none"`
	Share      string `json:"share" enum:"tap,site,none"`
	RevisitMS  string `json:"revisitMS" enum:"tap,site,none"`
}

// TapSettings is everything that is wanted of a tap, and of what it is made.
type TapSettings struct {
	Site             SiteRef        `json:"site"`
	OfSite           SettingsLayer  `json:"ofSite" doc:"What the tap inherits"`
	OfTap            SettingsLayer  `json:"ofTap" doc:"What overrides that, one by one"`
	Effective        Settings       `json:"effective" doc:"What the tap is told; null: it decides"`
	Sources          SettingSources `json:"sources"`
	Locks            []ChannelLock  `json:"locks" doc:"That hold now, by frequency"`
	Revision         int64          `json:"revision" doc:"Of what is wanted; it grows with every change"`
	RevisionAt       Time           `json:"revisionAt" doc:"When the revision was made"`
	FollowedRevision *int64         `json:"followedRevision" doc:"That the tap said it follows, with its latest report; null: none"`
	Followed         bool           `json:"followed" doc:"The tap follows this revision"`
}

// ChannelLock keeps an adapter of a tap on a channel for a time.
type ChannelLock struct {
	ID           string  `json:"id" format:"uuid"`
	FrequencyMHz int     `json:"frequencyMHz"`
	Band         string  `json:"band" example:"2.4 GHz"`
	Channel      *int    `json:"channel"`
	BSSID        *string `json:"bssid" doc:"For whose sake; null: for the channel's"`
	Adapter      *string `json:"adapter" doc:"Name of the adapter; null: the tap chooses"`
	EndsAt       Time    `json:"endsAt"`
	CreatedBy    string  `json:"createdBy"`
	CreatedAt    Time    `json:"createdAt"`
}

// NewChannelLock asks for a lock.
type NewChannelLock struct {
	FrequencyMHz int     `json:"frequencyMHz" example:"5180" doc:"Centre of a 20 MHz channel"`
	BSSID        *string `json:"bssid,omitempty" pattern:"^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$" patternDescription:"six octets with colons" doc:"For whose sake"`
	Adapter      *string `json:"adapter,omitempty" maxLength:"64" doc:"Name of the adapter, such as phy0; without: the tap chooses"`
	Minutes      int     `json:"minutes" minimum:"1" maximum:"1440" default:"30" doc:"How long; the same lock again begins anew"`
}

// SiteParam names a site.
type SiteParam struct {
	TenantParam
	Site string `path:"site" maxLength:"63" doc:"Slug of the site"`
}

// TapParam names a tap.
type TapParam struct {
	TenantParam
	Tap string `path:"tap" format:"uuid" doc:"Id of the tap"`
}

// PutSiteSettingsInput is the request of putSiteSettings.
type PutSiteSettingsInput struct {
	SiteParam
	Body Settings
}

// PutTapSettingsInput is the request of putTapSettings.
type PutTapSettingsInput struct {
	TapParam
	Body Settings
}

// LockInput is the request of lockChannel.
type LockInput struct {
	TapParam
	Body NewChannelLock
}

// UnlockInput is the request of unlockChannel.
type UnlockInput struct {
	TapParam
	Lock string `path:"lock" format:"uuid" doc:"Id of the lock"`
}
