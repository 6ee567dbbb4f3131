/// How ids are written. Every kind of thing has its own id type in the context it belongs to.
@NullMarked
package io.nameplate.ids;

import org.jspecify.annotations.NullMarked;
