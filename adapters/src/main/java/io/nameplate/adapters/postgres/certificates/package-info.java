/// Certificates, tries at them, and keys under the master key, in PostgreSQL: what the worker reads
/// and writes.
@NullMarked
package io.nameplate.adapters.postgres.certificates;

import org.jspecify.annotations.NullMarked;
