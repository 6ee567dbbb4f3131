package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build makes a program as the launcher does.
func build(t *testing.T, dir, source string) string {
	t.Helper()
	out := filepath.Join(dir, filepath.Base(source))
	if text, err := exec.Command("go", "build", "-o", out, source).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", source, err, text)
	}
	return out
}

// The figures of a trial say nothing; that each of them is there, and that nothing failed, does.
func TestATrialOfEachBenchAnswersEveryRequestAndGivesItsFigures(t *testing.T) {
	dir := t.TempDir()
	bench, edge := build(t, dir, "nameplate.io/edge/cmd/edge-bench"), build(t, dir, "nameplate.io/edge/cmd/nameplate-edge")
	for name, figures := range map[string][]string{
		"edge":      {"names", "errors", "requests_ratio", "requests_p99_ms", "requests_h2_1mb_ratio", "requests_plain_ratio", "handshakes_ratio", "counter_cost_percent"},
		"edge-size": {"errors", "rss_mb_1k", "ready_s_1k", "requests_ratio_1k", "handshakes_ratio_1k"},
	} {
		args := []string{name, "--edge", edge, "--dir", filepath.Join(dir, "kept"), "--network", "127.0.92", "--quick"}
		if name == "edge" {
			args = append(args, "--nocount", edge)
		} else {
			args = append(args, "--curve")
		}
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
		for _, figure := range figures {
			if _, ok := got.Figures[figure]; !ok {
				t.Errorf("%s: no figure %s in %s", name, figure, lines[len(lines)-1])
			}
		}
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
