//go:build profile

package main

import "nameplate.io/edge/bench/profile"

func init() { profile.Listen() }
