/// The program: roles, wiring, configuration. The one place that sees everything.
@NullMarked
package io.nameplate.app;

import org.jspecify.annotations.NullMarked;
