// Package count counts what a capture holds, frame by frame, straight behind
// the dissectors and over the whole file: no windows, no bounds. Its keys are
// those by which the project compares itself with tshark, so that a figure that
// differs names a dissector that does.
package count
