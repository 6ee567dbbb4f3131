/// The `/edge/v1` listener: mutual TLS ended here, long polls, acks.
@NullMarked
package io.nameplate.api.edge;

import org.jspecify.annotations.NullMarked;
