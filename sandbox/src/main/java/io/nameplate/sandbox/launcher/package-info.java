/// Starts, watches and stops the parts of a copy of Nameplate on this machine.
@NullMarked
package io.nameplate.sandbox.launcher;

import org.jspecify.annotations.NullMarked;
