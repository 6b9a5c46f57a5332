package protocol

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Put writes a file in the guest from r, in pieces.
func (c *Client) Put(ctx context.Context, path string, mode uint32, r io.Reader) error {
	piece := make([]byte, MaxChunk)
	for following := false; ; following = true {
		n, err := io.ReadFull(r, piece)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("put %s: %w", path, err)
		}
		if n > 0 || !following {
			if err := c.Call(ctx, DoWrite, Write{Path: path, Data: piece[:n], Append: following, Mode: mode}, nil); err != nil {
				return fmt.Errorf("put %s: %w", path, err)
			}
		}
		if last {
			return nil
		}
	}
}

// Get copies a file of the guest to w, in pieces, and returns its size.
func (c *Client) Get(ctx context.Context, path string, w io.Writer) (int64, error) {
	var offset int64
	for {
		var chunk Chunk
		if err := c.Call(ctx, DoRead, Read{Path: path, Offset: offset}, &chunk); err != nil {
			return offset, fmt.Errorf("get %s: %w", path, err)
		}
		if _, err := w.Write(chunk.Data); err != nil {
			return offset, fmt.Errorf("get %s: %w", path, err)
		}
		offset += int64(len(chunk.Data))
		if chunk.End || len(chunk.Data) == 0 {
			return offset, nil
		}
	}
}
