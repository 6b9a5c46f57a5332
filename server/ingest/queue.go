package ingest

// Queue returns how many reports wait to be stored, and how many may.
func (b *Batcher) Queue() (length, most int) { return len(b.queue), cap(b.queue) }
