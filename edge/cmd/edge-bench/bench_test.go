package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// folder is the tests' own.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "edge-bench-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder) // a temporary folder
	os.Exit(code)
}

// programs makes bench and node once, in the way that does for all benches: with counters that can be switched off.
var programs = sync.OnceValues(func() ([]string, error) {
	var made []string
	for _, name := range []string{"edge-bench", "nameplate-edge"} {
		out := filepath.Join(folder, name)
		if text, err := exec.Command("go", "build", "-tags", "nocount", "-o", out, "nameplate.io/edge/cmd/"+name).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, text)
		}
		made = append(made, out)
	}
	return made, nil
})

func build(t *testing.T) (bench, edge string) {
	t.Helper()
	made, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return made[0], made[1]
}

// The figures of a trial say nothing; that each of them is there, and that nothing failed, does.
func TestATrialOfEachBenchAnswersEveryRequestAndGivesItsFigures(t *testing.T) {
	dir := t.TempDir()
	bench, edge := build(t)
	for _, trial := range []struct {
		name    string
		args    []string
		figures []string
	}{
		{"edge", []string{"--nocount", edge}, []string{
			"names", "requests_ratio", "requests_p99_ms", "requests_h2_1mb_ratio", "requests_plain_ratio",
			"handshakes_ratio", "cold_handshake_more_ms", "counter_cost_percent",
		}},
		{"edge", []string{"--curve"}, []string{"requests_ratio_1", "handshakes_ratio_1", "requests_ratio_1k", "handshakes_cpu_ratio_1k"}},
		{"edge-size", nil, []string{"rss_mb_1k", "ready_s_1k"}},
		{"flood", nil, []string{"names", "unknown_per_s", "unknown_p99_ratio", "unknown_grown_mb", "slow_sockets", "slow_p99_ratio"}},
		{"resync", nil, []string{"names", "compare_s", "compare_p50_ratio", "resync_s", "resync_p50_ratio", "resync_requests_ratio"}},
	} {
		name := trial.name
		args := append([]string{name, "--edge", edge, "--dir", filepath.Join(dir, "kept"), "--network", "127.0.92", "--quick"}, trial.args...)
		var progress bytes.Buffer
		run := exec.Command(bench, args...)
		run.Stderr = &progress
		text, err := run.Output()
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, progress.String(), text)
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		var got struct {
			Bench   string
			Figures map[string]float64
			Goals   map[string][2]any
			Met     bool
			Machine string
		}
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
			t.Fatalf("%s: %v: %s", name, err, text)
		}
		if got.Bench != name || !got.Met || got.Machine == "" || got.Figures["errors"] != 0 || got.Goals["errors"] != [2]any{"<=", 0.0} {
			t.Errorf("%+v (expected: bench %s, no errors, met)", got, name)
		}
		for _, figure := range trial.figures {
			if _, ok := got.Figures[figure]; !ok {
				t.Errorf("%s: no figure %s in %s", name, figure, lines[len(lines)-1])
			}
		}
	}
}

func TestAnInterruptedBenchLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	bench, edge := build(t)
	kept := filepath.Join(dir, "kept")
	run := exec.Command(bench, "edge", "--edge", edge, "--dir", kept, "--network", "127.0.93", "--names", "100", "--warm", "5m")
	progress, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	defer run.Process.Kill()
	lines := bufio.NewScanner(progress)
	for lines.Scan() && !strings.Contains(lines.Text(), "first handshake") {
		// Until all programs run, and the warming-up begins.
	}
	if err := run.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		// Its stderr ends when it has ended.
	}
	if err := run.Wait(); err == nil {
		t.Error("it ended as if it had measured (expected: a failure)")
	}
	left, err := filepath.Glob(filepath.Join(kept, "run-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v, %v (expected: no folder of a run)", left, err)
	}
}

func TestARatioIsTheMedianOfThePairs(t *testing.T) {
	var a, b []slice
	for _, pair := range [][2]float64{{100, 100}, {300, 100}, {90, 100}} {
		var x, y slice
		x.PerSecond, y.PerSecond = pair[0], pair[1]
		a, b = append(a, x), append(b, y)
	}
	if ratio, cpu := ratios(a, b); ratio != 1 || cpu != 0 {
		t.Errorf("%v, %v (expected: 1, and 0 without processor times)", ratio, cpu)
	}
}

func TestAFigureBeyondItsGoalIsNotMet(t *testing.T) {
	f := newFigures("edge", false)
	f.atLeast("requests_ratio", 0.98, 0.98)
	f.atMost("errors", 0, 0)
	if !f.met() {
		t.Error("not met (expected: met at the limits)")
	}
	f.atMost("errors", 1, 0)
	if f.met() || !strings.Contains(f.json(), `"goals":{"requests_ratio":[">=",0.98],"errors":["<=",0]},"met":false,`) {
		t.Errorf("%s (expected: not met)", f.json())
	}
}
