package main

import (
	"fmt"
	"time"

	"nameplate.io/edge/bench"
)

// sizeGoals say what a node may need: megabytes and seconds.
var sizeGoals = map[int]struct{ megabytes, seconds float64 }{
	200_000:   {500, 5},
	1_000_000: {2048, 20},
}

// short is how figures call a number of names.
func short(names int) string {
	switch {
	case names >= 1_000_000 && names%1_000_000 == 0:
		return fmt.Sprintf("%dm", names/1_000_000)
	case names >= 1_000 && names%1_000 == 0:
		return fmt.Sprintf("%dk", names/1_000)
	default:
		return fmt.Sprint(names)
	}
}

func benchSize(s *settings, f *figures) error {
	say("edge-size: memory of a node, and time from its start to /readyz from its own disk while no control plane answers")
	lacking := 0
	for _, names := range s.names {
		if err := sizeAt(s, f, names, &lacking); err != nil {
			return err
		}
	}
	f.atMost("errors", float64(lacking), 0)
	return nil
}

func sizeAt(s *settings, f *figures, names int, lacking *int) error {
	lab, err := openLab(s, names, labOptions{})
	if err != nil {
		return err
	}
	defer lab.close()
	lab.edge.stop()
	lab.world.control.stop()
	from := time.Now()
	if err := lab.edge.start(); err != nil {
		return err
	}
	lab.started = append(lab.started, lab.edge.process)
	if err := lab.edge.ready(names, fillTimeout); err != nil {
		return err
	}
	ready := time.Since(from).Seconds()
	fresh, err := lab.edge.memory()
	if err != nil {
		return err
	}
	churn := comparison{about: "full TLS handshakes", load: bench.Load{TLS: true, Handshakes: true}}
	one := *s
	one.slice = s.churn
	lab.node.process = lab.edge.process
	handshakes := churn.slice(&one, &lab.node)
	*lacking += failures(churn.about, "node", []slice{handshakes})
	used, err := lab.edge.memory()
	if err != nil {
		return err
	}
	peak, err := lab.edge.peak()
	if err != nil {
		return err
	}
	f.sized(names, ready, fresh, used, peak)
	say("%d names: ready %.2f s after its start with %.0f MB; %.0f MB after %d handshakes with random names; %.0f MB at most",
		names, ready, fresh, used, handshakes.Done, peak)
	return nil
}

// sized notes what a node needed. Its memory is the larger of when it was ready and after use.
func (f *figures) sized(names int, ready, fresh, used, peak float64) {
	suffix := short(names)
	f.put("rss_ready_mb_"+suffix, fresh)
	f.put("rss_used_mb_"+suffix, used)
	f.put("rss_peak_mb_"+suffix, peak)
	memory := max(fresh, used)
	if g, ok := sizeGoals[names]; ok {
		f.atMost("rss_mb_"+suffix, memory, g.megabytes)
		f.atMost("ready_s_"+suffix, ready, g.seconds)
		return
	}
	f.put("rss_mb_"+suffix, memory)
	f.put("ready_s_"+suffix, ready)
}
