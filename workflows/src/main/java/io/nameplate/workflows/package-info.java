/// Processes that Temporal drives, by context, and the names that operators see them under.
@NullMarked
package io.nameplate.workflows;

import org.jspecify.annotations.NullMarked;
