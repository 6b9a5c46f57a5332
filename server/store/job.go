package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"picket/server/cluster"
)

// queueSchema is where river's tables are.
const queueSchema = "picket"

// Times of the queue.
const (
	queueStop    = 10 * time.Second // that running jobs have when the node stops, before they are cancelled
	queueRescue  = time.Hour        // after which a job whose node died is taken up again; each due time is a job of its own, so none waits for that
	queueKeep    = 6 * time.Hour    // that jobs stay to be looked at, done or not
	queueWorkers = 2
	unknownPause = 30 * time.Second // that a job of a newer release is left to nodes that know it
)

// background is a job as it is queued. Its kind is river's word for all of ours, so that
// releases that do not know a job of ours still know what to do with it: leave it.
type background struct {
	Name string `json:"name" river:"unique"`
}

// Kind names the job for river.
func (background) Kind() string { return "background" }

// Queue works the cluster's background jobs, by riverqueue/river. Whichever node leads
// queues what is due, once for each due time, and whichever is free works it. It polls:
// nothing waits for a notification. It is a task.
type Queue struct {
	river.WorkerDefaults[background]

	store *Store
	node  func() uuid.UUID
	jobs  map[string]cluster.Job
	log   *slog.Logger

	running      atomic.Int64
	done, failed atomic.Int64
}

// NewQueue returns a queue that must be run; node says who this node is.
func (s *Store) NewQueue(jobs []cluster.Job, node func() uuid.UUID) *Queue {
	q := &Queue{store: s, node: node, jobs: map[string]cluster.Job{}, log: s.log}
	for _, j := range jobs {
		q.jobs[j.Kind] = j
	}
	return q
}

// String names the task.
func (q *Queue) String() string { return "job queue" }

// Counts returns what this node worked.
func (q *Queue) Counts() cluster.WorkCounts {
	return cluster.WorkCounts{Running: int(q.running.Load()), Done: q.done.Load(), Failed: q.failed.Load()}
}

// Run works until ctx is done; jobs that run then have queueStop to end.
func (q *Queue) Run(ctx context.Context) error {
	for {
		client, err := q.client()
		if err != nil {
			return err
		}
		// Not ctx: that would cancel the queries of jobs that may still end well.
		if err = client.Start(context.WithoutCancel(ctx)); err == nil {
			<-ctx.Done()
			return q.stop(client)
		}
		q.log.Warn("background jobs wait for the database", "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(cluster.RenewEvery):
		}
	}
}

func (q *Queue) stop(client *river.Client[pgx.Tx]) error {
	soft, cancel := context.WithTimeout(context.Background(), queueStop)
	defer cancel()
	if client.Stop(soft) == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.Background(), queueStop)
	defer cancel()
	if err := client.StopAndCancel(hard); err != nil {
		q.log.Warn("background jobs were left behind; another node takes them up", "err", err)
	}
	return nil
}

func (q *Queue) client() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, q); err != nil {
		return nil, fmt.Errorf("store: job queue: %w", err)
	}
	var periodic []*river.PeriodicJob
	for _, job := range q.jobs {
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(job.Every), func() (river.JobArgs, *river.InsertOpts) {
			return background{Name: job.Kind}, &river.InsertOpts{
				MaxAttempts: 1, // the next due time is the retry
				UniqueOpts:  river.UniqueOpts{ByArgs: true, ByPeriod: job.Every},
			}
		}, &river.PeriodicJobOpts{ID: job.Kind, RunOnStart: true}))
	}
	client, err := river.NewClient(riverpgxv5.New(q.store.owner), &river.Config{
		ID:                          q.node().String() + " " + uuid.NewString(),
		Schema:                      queueSchema,
		PollOnly:                    true,
		FetchPollInterval:           time.Second,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: queueWorkers}},
		Workers:                     workers,
		PeriodicJobs:                periodic,
		RescueStuckJobsAfter:        queueRescue,
		CompletedJobRetentionPeriod: queueKeep,
		CancelledJobRetentionPeriod: queueKeep,
		DiscardedJobRetentionPeriod: queueKeep,
		Logger:                      slog.New(errorsOnly{q.log.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("store: job queue: %w", err)
	}
	return client, nil
}

// errorsOnly leaves out river's warnings: a database that is away is told by who
// needs it, and failures of jobs are told here.
type errorsOnly struct{ slog.Handler }

func (h errorsOnly) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Timeout returns how long a job may take.
func (q *Queue) Timeout(job *river.Job[background]) time.Duration {
	if t := q.jobs[job.Args.Name].Timeout; t > 0 {
		return t
	}
	return cluster.DefaultTimeout
}

// Work does a job of this release; one of another is left to nodes of that.
func (q *Queue) Work(ctx context.Context, job *river.Job[background]) error {
	known, ok := q.jobs[job.Args.Name]
	if !ok {
		return river.JobSnooze(unknownPause)
	}
	q.running.Add(1)
	defer q.running.Add(-1)
	if err := q.store.beginJob(ctx, known, q.node()); err != nil {
		return err
	}
	err := known.Run(ctx)
	if err != nil {
		q.failed.Add(1)
		q.log.Warn("background job failed, to be tried again when it is due", "job", known.Kind, "attempt", job.Attempt, "err", err)
	} else {
		q.done.Add(1)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	if noteErr := q.store.endJob(ending, known, q.node(), err); noteErr != nil {
		return errors.Join(err, noteErr)
	}
	return err
}

func (s *Store) beginJob(ctx context.Context, job cluster.Job, node uuid.UUID) error {
	const beginSQL = `
INSERT INTO background_job (kind, every_seconds, started_at, node_id)
VALUES (@kind, @every, now(), @node)
ON CONFLICT (kind) DO UPDATE
SET every_seconds = excluded.every_seconds,
    started_at = excluded.started_at,
    ended_at = NULL,
    node_id = excluded.node_id`
	_, err := s.owner.Exec(ctx, beginSQL, pgx.StrictNamedArgs{"kind": job.Kind, "every": int(job.Every.Seconds()), "node": node})
	if err != nil {
		return fmt.Errorf("store: begin job %s: %w", job.Kind, err)
	}
	return nil
}

// endJob notes how a job went, also where another was begun meanwhile.
func (s *Store) endJob(ctx context.Context, job cluster.Job, node uuid.UUID, failure error) error {
	const endSQL = `
UPDATE background_job
SET ended_at = CASE WHEN node_id = @node THEN now() ELSE ended_at END,
    runs = runs + CASE WHEN @error = '' THEN 1 ELSE 0 END,
    failures = failures + CASE WHEN @error = '' THEN 0 ELSE 1 END,
    error = left(@error, 500)
WHERE kind = @kind`
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	if _, err := s.owner.Exec(ctx, endSQL, pgx.StrictNamedArgs{"kind": job.Kind, "node": node, "error": text}); err != nil {
		return fmt.Errorf("store: end job %s: %w", job.Kind, err)
	}
	return nil
}
