package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"picket/server/api"
	"picket/server/auth"
	"picket/server/ca"
	"picket/server/cluster"
	"picket/server/console"
	"picket/server/ingest"
	"picket/server/measure"
	"picket/server/oui"
	"picket/server/outbound"
	"picket/server/store"
)

// stopLimit is how long requests in flight may take when the node stops.
const stopLimit = 15 * time.Second

// windowMS is the length of taps' windows.
const windowMS = 10_000

// node is what listens: console, interface and ingest on one address. It is a task.
type node struct {
	app          *fiber.App
	listen       net.Listener
	batcher      *ingest.Batcher
	hub          *api.Hub
	certificates *ca.Watcher
	meter        *measure.Meter
	member       *cluster.Member
	queue        *store.Queue
	waker        *cluster.Waker
	stored       atomic.Int64 // reports
	drain        time.Duration
	metrics      *metricsServer // nil: none
	cluster      string
	urls         []string
	log          *slog.Logger
}

func newNode(ctx context.Context, c config, s *store.Store, registry *prometheus.Registry, log *slog.Logger) (_ *node, err error) {
	site, err := console.New(console.Built())
	if err != nil && !(c.dev && errors.Is(err, console.ErrNotBuilt)) {
		return nil, err
	}
	vendors, err := oui.Load()
	if err != nil {
		return nil, err
	}
	dialer, err := outbound.New(outbound.Policy{Private: c.outbound, Never: neverOf(c, s)})
	if err != nil {
		return nil, err
	}
	people, err := auth.New(s.Users(), dialer.Client(outbound.Limits{}))
	if err != nil {
		return nil, err
	}
	authority, err := clusterCA(ctx, s, c.keys)
	if err != nil {
		return nil, err
	}
	n := &node{cluster: authority.ClusterID(), hub: api.NewHub(s.Reader(), log), drain: c.drain, log: log}
	n.waker = cluster.NewWaker(func(ctx context.Context, ids []string) error { return s.Notify(ctx, store.ChannelTenant, ids) }, log)
	if n.listen, err = net.Listen("tcp", c.listen); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	var names ca.Names
	n.urls, names = reach(c, n.listen.Addr())
	if err := n.join(c, s); err != nil {
		return nil, err
	}
	keeper, err := ca.NewKeeper(authority, names, filepath.Join(c.data, "tls"))
	if err != nil {
		return nil, err
	}
	n.listen = tls.NewListener(proxied(n.listen, c.proxies), keeper.TLSConfig())
	n.certificates = watchCertificates(keeper, s, c.keys, log)
	if err := n.certificates.Look(ctx); err != nil {
		return nil, err
	}

	reports := ingest.New(s, ingest.Options{
		Cluster: n.cluster, CACertificate: authority.CertificatePEM(), WindowMS: windowMS, NodeURLs: n.urls,
		SealDesired: authority.SealDesired, SealAnswer: authority.SealAnswer, Log: log, Registerer: registry,
		Stored: func(tenant uuid.UUID) {
			n.stored.Add(1)
			n.waker.Changed(tenant.String())
		},
	})
	n.batcher = reports.Batcher()
	n.app = api.NewApp(log)
	n.app.Use(clientAddress(c.proxies))
	n.meter = measure.New(version, c.data, n.batcher.Queue)
	registry.MustRegister(measure.NewMetrics(n.meter))
	n.app.Use(measured(n.meter))
	n.app.Use(observe(log, registry))
	n.app.Use(n.sendAway)
	health(n.app, s, n.member.Draining)
	metricsOnMain(n.app, c.token, registry)
	reports.Register(n.app)
	n.app.Use("/v1", func(*fiber.Ctx) error { return fiber.ErrNotFound }) // no page is there
	if _, err := api.Mount(n.app, api.Config{
		Log: log, Auth: people, Reader: s.Reader(), Desired: s.Desired(), Taps: s.Taps(), Directory: s.Directory(), Changes: n.hub, Vendors: vendors,
		Enrolment: api.Enrolment(s, authority.PublicKeyHash()), Version: version,
		NodeID:       func() uuid.UUID { return n.member.Identity().ID },
		Health:       api.HealthSource{Store: s, Local: n.meter.Latest, Authority: authority.NotAfter()},
		Certificates: api.Certificates{Store: s, Keys: c.keys, URLs: n.urls},
	}); err != nil {
		return nil, err
	}
	if site != nil {
		n.app.Use(site.Serve)
	}
	if c.metrics != "" {
		if n.metrics, err = newMetricsServer(c.metrics, registry); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// String names the task.
func (n *node) String() string { return "server" }

// Run serves until ctx is done. Then it drains: it says that it is to stop, serves on
// until load balancers have seen that, stops accepting, waits for requests in flight,
// ends what stores reports, so that those are answered, and last leaves the cluster.
func (n *node) Run(ctx context.Context) error {
	storing, stopStoring := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 2)
	go func() { ended <- n.batcher.Run(storing) }()
	go func() { ended <- n.member.Run(storing) }()
	served := make(chan error, 1)
	go func() { served <- n.app.Listener(n.listen) }()

	var err error
	select {
	case err = <-served:
		err = fmt.Errorf("listen on %s: %w", n.listen.Addr(), errors.Join(err, net.ErrClosed))
	case <-ctx.Done():
		n.member.Drain()
		if n.drain > 0 && !n.member.Alone() {
			n.log.Info("draining: serving until load balancers have seen it", "for", n.drain.String())
			time.Sleep(n.drain) // nobody tells when a balancer has looked; a second signal ends the process
		}
		n.log.Info("stopping: no new requests")
		if stop := n.app.ShutdownWithTimeout(stopLimit); stop != nil {
			n.log.Warn("requests were cut off", "err", stop)
		}
		<-served
	}
	stopStoring()
	return errors.Join(err, <-ended, <-ended)
}

// close frees what a node holds that never ran.
func (n *node) close() {
	_ = n.listen.Close() // closed already when it ran
	if n.metrics != nil {
		n.metrics.close()
	}
}
