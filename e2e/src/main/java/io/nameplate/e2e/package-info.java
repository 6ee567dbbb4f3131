/// The system from outside: through the SDK, the edge and the browser.
@NullMarked
package io.nameplate.e2e;

import org.jspecify.annotations.NullMarked;
