package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"picket/server/store"
)

const dbUsage = `nodectl db tells what the database holds, how long it is kept, and what goes.

Usage:

  nodectl … db [sizes] [-json]              what each family and level takes, and what
                                            retention would free now
  nodectl … db retention [-tenant SLUG]     how long a tenant keeps what
  nodectl … db retention -set FAMILY=TIME   change it: 48h, 30d or 5y
  nodectl … db clean                        drop and prune what is not kept any more,
                                            as a node does every hour

Rows are as the database estimates them. Raw data and rollups go partition by
partition, when the longest retention of all tenants has passed; until then nobody
sees what is older than the own tenant keeps.
`

// db is the command for what the database holds.
func db(ctx context.Context, t *tool, args []string) error {
	name := "sizes"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	f := flag.NewFlagSet("nodectl db "+name, flag.ContinueOnError)
	f.SetOutput(t.errOut)
	f.Usage = func() {
		fmt.Fprint(t.errOut, dbUsage, "\nOptions:\n\n")
		f.PrintDefaults()
	}
	asJSON := f.Bool("json", false, "print JSON")
	switch name {
	case "sizes":
		if err := parse(f, args); err != nil {
			return err
		}
		return t.with(ctx, func(s *store.Store) error { return sizes(ctx, t, s, *asJSON) })
	case "retention":
		tenant := f.String("tenant", "default", "the tenant's `slug`")
		set := f.String("set", "", "`FAMILY=TIME` to keep from now on")
		if err := parse(f, args); err != nil {
			return err
		}
		return t.with(ctx, func(s *store.Store) error { return retention(ctx, t, s, *tenant, *set, *asJSON) })
	case "clean":
		if err := parse(f, args); err != nil {
			return err
		}
		return t.with(ctx, func(s *store.Store) error { return s.Retain(ctx) })
	default:
		f.Usage()
		return fmt.Errorf("%q is no command of db", name)
	}
}

// sizeLine is a line of db sizes.
type sizeLine struct {
	Table      string  `json:"table"`
	Family     string  `json:"family"` // empty: kept without end
	Level      string  `json:"level"`
	Partitions int     `json:"partitions"`
	Bytes      int64   `json:"bytes"`
	Rows       *int64  `json:"rowsEstimate"` // null: not known yet
	Oldest     *string `json:"oldestPartition"`
	KeepHours  int     `json:"keepHours"` // 0: without end
	FreeCount  int     `json:"freePartitions"`
	FreeBytes  int64   `json:"freeBytes"`
}

func sizes(ctx context.Context, t *tool, s *store.Store, asJSON bool) error {
	usage, err := s.Usage(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(usage, func(a, b store.Usage) int {
		return cmp.Or(strings.Compare(a.Level, b.Level), cmp.Compare(b.Bytes, a.Bytes))
	})
	lines := make([]sizeLine, 0, len(usage))
	for _, u := range usage {
		l := sizeLine{
			Table: u.Table, Family: string(u.Family), Level: u.Level, Partitions: u.Partitions, Bytes: u.Bytes,
			KeepHours: int(u.Keep.Hours()), FreeCount: u.FreeCount, FreeBytes: u.FreeBytes,
		}
		if u.Rows >= 0 {
			l.Rows = &u.Rows
		}
		if !u.From.IsZero() {
			from := u.From.Format(time.DateOnly)
			l.Oldest = &from
		}
		lines = append(lines, l)
	}
	if asJSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LEVEL\tTABLE\tSIZE\tROWS ABOUT\tPARTITIONS\tOLDEST\tKEPT\tWOULD FREE")
	var total, free int64
	for _, l := range lines {
		total, free = total+l.Bytes, free+l.FreeBytes
		rows, oldest, freed := "?", "", ""
		if l.Rows != nil {
			rows = strconv.FormatInt(*l.Rows, 10)
		}
		if l.Oldest != nil {
			oldest = *l.Oldest
		}
		if l.FreeCount > 0 {
			freed = fmt.Sprintf("%s in %d", octets(l.FreeBytes), l.FreeCount)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", l.Level, l.Table, octets(l.Bytes), rows, l.Partitions, oldest, kept(time.Duration(l.KeepHours)*time.Hour), freed)
	}
	fmt.Fprintf(w, "\ttotal\t%s\t\t\t\t\t%s\n", octets(total), octets(free))
	return w.Flush()
}

// octets writes a size as people read it.
func octets(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(n), 0
	for ; f >= 1024 && i < len(units)-1; i++ {
		f /= 1024
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// kept writes a retention: in days, where it is whole days.
func kept(d time.Duration) string {
	switch {
	case d == 0:
		return "for ever"
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d d", d/(24*time.Hour))
	default:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
}

// keepTime reads a retention: hours, days or years of 365 days.
func keepTime(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'y': 365 * 24 * time.Hour}
	if len(text) < 2 || units[text[len(text)-1]] == 0 {
		return 0, fmt.Errorf("-set: %q is not a time such as 48h, 30d or 5y", text)
	}
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 20)
	if err != nil {
		return 0, fmt.Errorf("-set: %q is not a time such as 48h, 30d or 5y", text)
	}
	d := time.Duration(n) * units[text[len(text)-1]]
	if d > store.MaxRetention || d/units[text[len(text)-1]] != time.Duration(n) {
		return 0, fmt.Errorf("-set: %q is more than %d days", text, store.MaxRetention/(24*time.Hour))
	}
	return d, nil
}

func retention(ctx context.Context, t *tool, s *store.Store, slug, set string, asJSON bool) error {
	tenant, err := s.TenantBySlug(ctx, slug)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("-tenant: there is no tenant %q", slug)
	}
	if err != nil {
		return err
	}
	if set != "" {
		family, text, ok := strings.Cut(set, "=")
		if !ok {
			return fmt.Errorf("-set: %q is not FAMILY=TIME", set)
		}
		keep, err := keepTime(text)
		if err != nil {
			return err
		}
		if err := s.SetRetention(ctx, tenant.ID, store.RetentionFamily(family), keep); err != nil {
			return err
		}
	}
	keeps, err := s.TenantRetention(ctx, tenant.ID)
	if err != nil {
		return err
	}
	type line struct {
		Family       string `json:"family"`
		About        string `json:"about"`
		KeepHours    int    `json:"keepHours"`
		DefaultHours int    `json:"defaultHours"`
		LeastHours   int    `json:"leastHours"`
	}
	var lines []line
	for _, r := range store.RetentionRules() {
		lines = append(lines, line{string(r.Family), r.About, int(keeps[r.Family].Hours()), int(r.Default.Hours()), int(r.Least.Hours())})
	}
	if asJSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FAMILY\tKEPT\tBY DEFAULT\tAT LEAST\tWHAT")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Family, kept(time.Duration(l.KeepHours)*time.Hour),
			kept(time.Duration(l.DefaultHours)*time.Hour), kept(time.Duration(l.LeastHours)*time.Hour), l.About)
	}
	return w.Flush()
}
