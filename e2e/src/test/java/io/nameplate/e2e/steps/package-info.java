/// What becomes of domains when parts are killed, or replies lost, at each step of their life. The
/// scenarios are made from the list of steps.
@NullMarked
package io.nameplate.e2e.steps;

import org.jspecify.annotations.NullMarked;
