package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"picket/tools/lab/protocol"
)

// maxNames bounds the listing of a folder.
const maxNames = 10_000

type files struct{}

func (f files) register(s *server) {
	s.verbs[protocol.DoWrite] = handle(f.write)
	s.verbs[protocol.DoRead] = handle(f.read)
	s.verbs[protocol.DoRemove] = handle(f.remove)
	s.verbs[protocol.DoStat] = handle(f.stat)
}

func (files) write(_ context.Context, w protocol.Write) (protocol.None, error) {
	if !filepath.IsAbs(w.Path) {
		return protocol.None{}, coded(protocol.BadAsk, "path %q is not absolute", w.Path)
	}
	mode := fs.FileMode(w.Mode & 0o7777)
	if mode == 0 {
		mode = 0o644
	}
	if err := os.MkdirAll(filepath.Dir(w.Path), 0o755); err != nil {
		return protocol.None{}, err
	}
	if !w.Append {
		return protocol.None{}, renameio.WriteFile(w.Path, w.Data, mode)
	}
	file, err := os.OpenFile(w.Path, os.O_WRONLY|os.O_APPEND, mode)
	if err != nil {
		return protocol.None{}, err
	}
	_, err = file.Write(w.Data)
	return protocol.None{}, errors.Join(err, file.Close())
}

func (files) read(_ context.Context, r protocol.Read) (protocol.Chunk, error) {
	file, err := os.Open(r.Path)
	if err != nil {
		return protocol.Chunk{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return protocol.Chunk{}, err
	}
	count := r.Count
	if count <= 0 || count > protocol.MaxChunk {
		count = protocol.MaxChunk
	}
	data := make([]byte, count)
	n, err := file.ReadAt(data, r.Offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return protocol.Chunk{}, err
	}
	// Files of /proc and /sys say that they are empty: their end alone counts.
	return protocol.Chunk{Data: data[:n], Size: info.Size(), End: errors.Is(err, io.EOF)}, nil
}

func (files) remove(_ context.Context, p protocol.Path) (protocol.None, error) {
	if clean := filepath.Clean(p.Path); !filepath.IsAbs(clean) || clean == "/" {
		return protocol.None{}, coded(protocol.BadAsk, "path %q is not to be removed", p.Path)
	}
	return protocol.None{}, os.RemoveAll(p.Path)
}

func (files) stat(_ context.Context, p protocol.Path) (protocol.FileInfo, error) {
	info, err := os.Stat(p.Path)
	if err != nil {
		return protocol.FileInfo{}, err
	}
	result := protocol.FileInfo{Size: info.Size(), Mode: uint32(info.Mode().Perm()), Folder: info.IsDir()}
	if info.IsDir() {
		entries, err := os.ReadDir(p.Path)
		if err != nil {
			return protocol.FileInfo{}, fmt.Errorf("list: %w", err)
		}
		for _, e := range entries[:min(len(entries), maxNames)] {
			result.Names = append(result.Names, e.Name())
		}
	}
	return result, nil
}
