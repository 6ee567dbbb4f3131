/// What every request goes through: its id, the caller, the body's check, its one reply.
@NullMarked
package io.nameplate.api.requests;

import org.jspecify.annotations.NullMarked;
