package store

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// Hosts are the names and addresses of the database as the configuration has them,
// directories of unix sockets among them.
func (c Config) Hosts() ([]string, error) {
	var hosts []string
	for _, dsn := range []string{c.Owner, c.Ingest, c.API, c.Direct} {
		if dsn == "" {
			continue
		}
		conf, err := pgx.ParseConfig(dsn)
		if err != nil {
			return nil, fmt.Errorf("store: address of the database: %w", err)
		}
		hosts = append(hosts, conf.Host)
		for _, f := range conf.Fallbacks {
			hosts = append(hosts, f.Host)
		}
	}
	return hosts, nil
}

// What the database sees: its own address, and whence nodes reach it.
const peersSQL = `
SELECT u.url, false AS address
FROM node
CROSS JOIN LATERAL unnest(urls) AS u (url)
WHERE left_at IS NULL
UNION
SELECT host(inet_server_addr()), true
WHERE inet_server_addr() IS NOT NULL
UNION
SELECT host(client_addr), true
FROM pg_stat_activity
WHERE application_name LIKE 'noded%'
  AND client_addr IS NOT NULL
ORDER BY 1`

// Peers returns names and addresses of the cluster: of the database, by configuration
// and as it is connected, and of the nodes.
func (s *Store) Peers(ctx context.Context) ([]string, error) {
	hosts, err := s.config.Hosts()
	if err != nil {
		return nil, err
	}
	rows, err := s.owner.Query(ctx, peersSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read the cluster's addresses: %w", err)
	}
	var text string
	var address bool
	_, err = pgx.ForEachRow(rows, []any{&text, &address}, func() error {
		if !address {
			u, err := url.Parse(text)
			if err != nil {
				return nil //nolint:nilerr // no address
			}
			text = u.Hostname()
		}
		hosts = append(hosts, text)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the cluster's addresses: %w", err)
	}
	return hosts, nil
}
