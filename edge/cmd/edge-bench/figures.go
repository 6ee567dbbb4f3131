package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
)

// figures is what a bench measured and what it was to reach, in the form that all benches print.
type figures struct {
	bench string
	trial bool // of the bench itself: nothing is to be reached but that nothing fails
	order []string
	value map[string]float64
	goals map[string]goal
}

type goal struct {
	operator string
	limit    float64
}

func newFigures(bench string, trial bool) *figures {
	return &figures{bench: bench, trial: trial, value: map[string]float64{}, goals: map[string]goal{}}
}

func (f *figures) put(name string, value float64) {
	if _, ok := f.value[name]; !ok {
		f.order = append(f.order, name)
	}
	f.value[name] = math.Round(value*1000) / 1000
}

func (f *figures) atMost(name string, value, limit float64) {
	f.put(name, value)
	if !f.trial || limit == 0 {
		f.goals[name] = goal{"<=", limit}
	}
}

func (f *figures) atLeast(name string, value, limit float64) {
	f.put(name, value)
	if !f.trial {
		f.goals[name] = goal{">=", limit}
	}
}

func (f *figures) met() bool {
	for name, g := range f.goals {
		value := f.value[name]
		if g.operator == "<=" && !(value <= g.limit) || g.operator == ">=" && !(value >= g.limit) {
			return false
		}
	}
	return true
}

// json is the one line that programs read.
func (f *figures) json() string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	text := func(value any) {
		if err := encoder.Encode(value); err != nil {
			panic(err) // strings and finite numbers only
		}
		out.Truncate(out.Len() - 1) // the line's end
	}
	object := func(each func(name string) any) {
		separator := "{"
		for _, name := range f.order {
			if value := each(name); value != nil {
				out.WriteString(separator)
				text(name)
				out.WriteByte(':')
				text(value)
				separator = ","
			}
		}
		if separator == "{" {
			out.WriteByte('{')
		}
		out.WriteByte('}')
	}
	out.WriteString(`{"bench":`)
	text(f.bench)
	out.WriteString(`,"figures":`)
	object(func(name string) any { return f.value[name] })
	out.WriteString(`,"goals":`)
	object(func(name string) any {
		if g, ok := f.goals[name]; ok {
			return []any{g.operator, g.limit}
		}
		return nil
	})
	out.WriteString(`,"met":`)
	text(f.met())
	out.WriteString(`,"machine":`)
	text(machine())
	out.WriteByte('}')
	return out.String()
}

func machine() string {
	return fmt.Sprintf("%d cores, %s %s, %s, Caddy %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), caddyVersion())
}

func caddyVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/caddyserver/caddy/v2" {
				return module.Version
			}
		}
	}
	return "unknown"
}
