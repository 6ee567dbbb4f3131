/// How the sandbox is told what to play: JSON over HTTP, and the `sandbox` command that speaks it.
@NullMarked
package io.nameplate.sandbox.control;

import org.jspecify.annotations.NullMarked;
