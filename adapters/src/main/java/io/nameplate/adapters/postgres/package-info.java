/// The record, in PostgreSQL.
@NullMarked
package io.nameplate.adapters.postgres;

import org.jspecify.annotations.NullMarked;
