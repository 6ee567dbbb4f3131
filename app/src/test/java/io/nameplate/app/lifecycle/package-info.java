/// The life cycle's record on real parts.
@NullMarked
package io.nameplate.app.lifecycle;

import org.jspecify.annotations.NullMarked;
