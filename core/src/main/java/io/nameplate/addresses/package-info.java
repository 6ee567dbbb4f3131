/// Network addresses: how they are written, and which of those a user chose may be dialled.
@NullMarked
package io.nameplate.addresses;

import org.jspecify.annotations.NullMarked;
