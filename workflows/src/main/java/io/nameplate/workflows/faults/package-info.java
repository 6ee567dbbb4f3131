/// Steps that fail on purpose, at named points, in a sandbox: to see what a crash or a lost reply
/// costs. The workflows and their steps know nothing of it; the worker puts it around them only
/// when it is told where the faults are written down.
@NullMarked
package io.nameplate.workflows.faults;

import org.jspecify.annotations.NullMarked;
