/// Looking at domains that rest: those that wait for their records, and those that are served.
@NullMarked
package io.nameplate.workflows.monitoring;

import org.jspecify.annotations.NullMarked;
