/// Holds `docs/promises.md` against what the tests said: a promise without a test that ran and
/// passed fails the build.
@NullMarked
package io.nameplate.e2e.promises;

import org.jspecify.annotations.NullMarked;
