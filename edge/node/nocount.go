//go:build nocount

package node

import "nameplate.io/edge/table"

func count(*table.Entry, int) {}
