/// What the life cycle reads and writes: how a domain stands, its nodes, and the instructions that
/// are to be delivered.
@NullMarked
package io.nameplate.adapters.postgres.lifecycle;

import org.jspecify.annotations.NullMarked;
