// Package task is the unit of which every process is made: a main wires its
// parts, and Run runs them until one fails or a signal asks the process to end.
//
//	err := task.Run(ctx, log, task.Signals(), server, task.Func("poll", poll))
//
// The rules: a task blocks until its context is done and then returns nil. When
// any task returns otherwise, the contexts of all are cancelled, Run waits for
// every one, and returns the first failure with the name of its task in front.
// A task that wants the process to end in good order returns ErrStop.
package task
