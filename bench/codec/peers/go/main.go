// The Go peer: attributevalue. usage: bench FOLDER ROUNDS
//
// Prints the lines that `cargo xtask bench codec` reads.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	owned = "JSON lines to owned values"
	write = "Values to JSON lines"
)

type item = map[string]types.AttributeValue

// What garbage collection takes on other threads counts as well.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func measure(rounds int, group, name string, size, items int, run func()) {
	var seconds []string
	for range rounds {
		runtime.GC()
		start := cpuSeconds()
		run()
		seconds = append(seconds, fmt.Sprintf("%.6f", cpuSeconds()-start))
	}
	times := strings.Join(seconds, ",")
	fmt.Printf("case\t%s\tpeer\tGo: %s\t%d\t%d\t\t\t%s\n", group, name, size, items, times)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(line []byte) item {
	var framed struct{ Item json.RawMessage }
	must(json.Unmarshal(line, &framed))
	item, err := attributevalue.UnmarshalMapJSON(framed.Item)
	must(err)
	return item
}

func versions() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasSuffix(module.Path, "attributevalue") {
			fmt.Printf("version\tattributevalue\t%s\n", strings.TrimPrefix(module.Version, "v"))
		}
	}
	fmt.Printf("version\tGo\t%s\n", strings.TrimPrefix(runtime.Version(), "go"))
}

func main() {
	rounds, err := strconv.Atoi(os.Args[2])
	must(err)
	file, err := os.ReadFile(filepath.Join(os.Args[1], "items.ndjson"))
	must(err)
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	versions()

	measure(rounds, owned, "encoding/json, no types", len(file), len(lines), func() {
		for _, line := range lines {
			var value map[string]any
			must(json.Unmarshal(line, &value))
		}
	})
	measure(rounds, owned, "UnmarshalMapJSON", len(file), len(lines), func() {
		for _, line := range lines {
			read(line)
		}
	})
	exact := func(options *attributevalue.DecoderOptions) { options.UseNumber = true }
	measure(rounds, owned, "UnmarshalMapJSON, UnmarshalMap", len(file), len(lines), func() {
		for _, line := range lines {
			var value map[string]any
			must(attributevalue.UnmarshalMapWithOptions(read(line), &value, exact))
		}
	})

	items := make([]item, len(lines))
	for n, line := range lines {
		items[n] = read(line)
	}
	measure(rounds, write, "MarshalMapJSON", len(file), len(lines), func() {
		for _, item := range items {
			_, err := attributevalue.MarshalMapJSON(item)
			must(err)
		}
	})
}
