/// The Java client's promises that need a running installation.
@NullMarked
package io.nameplate.e2e.sdk;

import org.jspecify.annotations.NullMarked;
