/// How rows of the record are read and written: used by every store, inside a transaction its
/// caller began.
@NullMarked
package io.nameplate.adapters.postgres.record;

import org.jspecify.annotations.NullMarked;
