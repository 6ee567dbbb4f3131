/// What edges are told and what they say: positions, entries, acks.
@NullMarked
package io.nameplate.edge;

import org.jspecify.annotations.NullMarked;
