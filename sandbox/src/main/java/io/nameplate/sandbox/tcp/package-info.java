/// Bad networks between any two parts: delay, cuts, and connections on which nothing moves.
@NullMarked
package io.nameplate.sandbox.tcp;

import org.jspecify.annotations.NullMarked;
