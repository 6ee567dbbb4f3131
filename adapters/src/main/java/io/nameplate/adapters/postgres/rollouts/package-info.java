/// Rollouts in PostgreSQL: rows, and what the edge listener does with those of one cluster.
@NullMarked
package io.nameplate.adapters.postgres.rollouts;

import org.jspecify.annotations.NullMarked;
