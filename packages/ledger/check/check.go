// Command check is a stranger: it opens a ledger's head and checks proofs from its tiles with Go's own packages for
// transparency logs, sharing no line with the TypeScript that wrote them.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run check.go DIR VKEY [COUNT]
//
// It demands COUNT inclusion and COUNT consistency proofs (default 500) and that one flipped bit is refused.
package main

import (
	"encoding/base64"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder struct{ dir string }

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		// Go writes the height into the path; the C2SP layout leaves it out.
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(f.dir, path))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: check DIR VKEY [COUNT]")
		os.Exit(2)
	}
	count := 500
	if len(os.Args) > 3 {
		n, err := strconv.Atoi(os.Args[3])
		must(err)
		count = n
	}
	dir := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var root tlog.Hash
	copy(root[:], raw)

	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, folder{dir})
	random := rand.New(rand.NewSource(1))
	for i := 0; i < count; i++ {
		index := random.Int63n(size)
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		must(err)
		proof, err := tlog.ProveRecord(size, index, reader)
		must(err)
		must(tlog.CheckRecord(proof, size, root, index, leaf[0]))
		bad := leaf[0]
		bad[random.Intn(32)] ^= 1 << uint(random.Intn(8))
		if tlog.CheckRecord(proof, size, root, index, bad) == nil {
			must(fmt.Errorf("a flipped bit in leaf %d was accepted", index))
		}
	}
	for i := 0; i < count; i++ {
		old := 1 + random.Int63n(size)
		oldRoot, err := tlog.TreeHash(old, reader)
		must(err)
		proof, err := tlog.ProveTree(size, old, reader)
		must(err)
		must(tlog.CheckTree(proof, size, root, old, oldRoot))
	}
	fmt.Printf("%s: size %d, %d inclusion and %d consistency proofs accepted\n", lines[0], size, count, count)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
