/// The dashboard of a running installation, in a real Chromium.
@NullMarked
package io.nameplate.e2e.dashboard;

import org.jspecify.annotations.NullMarked;
