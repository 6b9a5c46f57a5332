package desired

import (
	"slices"

	"picket/shared/wlan"
)

// Settings are one layer of what people set: nil says nothing, so that the layer
// below holds. A list that is empty and not nil says "none".
type Settings struct {
	WindowMS *int
	Use      *bool
	Country  *string // "" says: the tap's own
	Own      []wlan.MHz
	Only     []wlan.MHz
	Exclude  []wlan.MHz
	Share    *Share // of a tap alone
	Revisit  *int   // milliseconds
}

// Normalise sorts the lists and drops what is there twice.
func (s *Settings) Normalise() {
	for _, list := range []*[]wlan.MHz{&s.Own, &s.Only, &s.Exclude} {
		if *list != nil {
			*list = slices.Compact(slices.Sorted(slices.Values(*list)))
			if *list == nil {
				*list = []wlan.MHz{}
			}
		}
	}
}

// Validate checks the settings by themselves: each in its range, and a channel
// left to listen on. The error is an *Error.
func (s Settings) Validate() error {
	d := Merge(s, Settings{})
	if err := checkWindow(d.WindowMS, s.WindowMS != nil); err != nil {
		return err
	}
	if s.Revisit != nil {
		if err := checkRevisit(*s.Revisit); err != nil {
			return err
		}
	}
	if s.Share != nil && s.Share.Of == 0 {
		return wrong(FieldShare, "0 taps cannot share the work, want 1 to %d", MaxShare)
	}
	return d.Radio.Validate()
}

// Over returns what s says, and where it says nothing what under does.
func (s Settings) Over(under Settings) Settings {
	return Settings{
		WindowMS: cmpOr(s.WindowMS, under.WindowMS),
		Use:      cmpOr(s.Use, under.Use),
		Country:  cmpOr(s.Country, under.Country),
		Own:      orList(s.Own, under.Own),
		Only:     orList(s.Only, under.Only),
		Exclude:  orList(s.Exclude, under.Exclude),
		Share:    cmpOr(s.Share, under.Share),
		Revisit:  cmpOr(s.Revisit, under.Revisit),
	}
}

// Merge returns the document that the settings of a tap over those of its site
// make, without locks and without what names and dates a document.
func Merge(site, tap Settings) Document {
	s := tap.Over(site)
	return Document{WindowMS: value(s.WindowMS), Radio: Radio{
		Use: s.Use, Country: value(s.Country), Own: s.Own, Only: s.Only, Exclude: s.Exclude, Share: value(s.Share), RevisitMS: value(s.Revisit),
	}}
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func cmpOr[T any](first, second *T) *T {
	if first != nil {
		return first
	}
	return second
}

func orList(first, second []wlan.MHz) []wlan.MHz {
	if first != nil {
		return first
	}
	return second
}
