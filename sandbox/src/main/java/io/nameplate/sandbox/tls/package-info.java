/// The small certificate authorities of the sandbox's own servers.
@NullMarked
package io.nameplate.sandbox.tls;

import org.jspecify.annotations.NullMarked;
