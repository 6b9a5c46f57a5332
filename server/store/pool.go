package store

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How long a database that says nothing is believed to be there. A machine that lost
// its power or its network closes no connection, and the kernel alone would wait for
// a quarter of an hour.
const (
	connectTimeout = 5 * time.Second
	pingTimeout    = 3 * time.Second
	userTimeout    = 10 * time.Second // for octets that nobody acknowledges: TCP_USER_TIMEOUT, tcp(7)
	keepAliveIdle  = 5 * time.Second
	keepAliveEvery = 3 * time.Second
	keepAliveCount = 3
)

// parameters are what each session needs. A pooler in transaction mode passes only
// what PostgreSQL reports (pgbouncer.org/config.html, track_extra_parameters), so that
// there the rest is set on the roles (roleSettings) and the login is the role.
func (c Config) parameters(conn *pgx.ConnConfig, role string) {
	conn.RuntimeParams["application_name"] = "noded " + role
	conn.RuntimeParams["timezone"] = "UTC"
	if c.Pooled {
		conn.User = role
		if conn.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
			conn.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // no statement outlives its transaction there
		}
		return
	}
	c.session(conn, role)
}

// session is parameters for a connection that is nobody else's.
func (c Config) session(conn *pgx.ConnConfig, role string) {
	conn.RuntimeParams["application_name"] = "noded " + role
	conn.RuntimeParams["search_path"] = "picket"
	conn.RuntimeParams["timezone"] = "UTC"
	if c.SetRole {
		conn.RuntimeParams["role"] = role
	}
}

// direct is the address for what needs a session of its own.
func (c Config) direct() string {
	if c.Direct != "" {
		return c.Direct
	}
	return c.Owner
}

// connectDirect makes a connection of its own as picket_owner, on the server itself.
func (c Config) connectDirect(ctx context.Context) (*pgx.Conn, error) {
	conf, err := pgx.ParseConfig(c.direct())
	if err != nil {
		return nil, err
	}
	c.session(conf, RoleOwner)
	conf.RuntimeParams["application_name"] = "noded listen"
	noticeLoss(&conf.Config)
	return pgx.ConnectConfig(ctx, conf)
}

func openPool(ctx context.Context, cfg Config, url, role string, most int32) (*pgxpool.Pool, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	conf.MaxConns = most
	conf.PingTimeout = pingTimeout
	conf.ConnConfig.Tracer = cfg.timings.of(role)
	cfg.parameters(conf.ConnConfig, role)
	noticeLoss(&conf.ConnConfig.Config)
	return pgxpool.NewWithConfig(ctx, conf)
}

// noticeLoss makes the loss of the server's machine known within seconds.
func noticeLoss(c *pgconn.Config) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	dialer := &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveEvery, Count: keepAliveCount},
		Control:         limitUnacknowledged,
	}
	c.DialFunc = dialer.DialContext
}
